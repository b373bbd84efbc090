/** A route report as it comes over the control socket, which may lead to another release than this one. */
import { z } from 'zod';
import type { RouteReport } from '../../pipeline/route-report.ts';

const json = z.record(z.string(), z.json());
const from = z.array(z.enum(['account', 'key', 'request', 'header']));

const target = z.object({
  rank: z.number(),
  endpoint_id: z.string(),
  provider: z.string(),
  model: z.string(),
  expected_cost: z.number(),
  pricing: z.record(z.string(), z.string()),
  share: z.number(),
  standing: z.string(),
  quality: z.number().exactOptional(),
  latency_p50: z.number().exactOptional(),
  throughput_p50: z.number().exactOptional(),
  session: z.object({ cached_tokens: z.number(), is_named: z.boolean() }).exactOptional(),
  dropped_parameters: z.array(z.string()).exactOptional(),
});

const excluded = z.object({
  endpoint_id: z.string(),
  provider: z.string(),
  model: z.string(),
  excluded_by: z.string(),
  because: z.string(),
  share: z.number().exactOptional(),
});

export const routeReportSchema: z.ZodType<RouteReport> = z.object({
  would_go_to: z
    .object({
      provider: z.string(),
      model: z.string(),
      endpoint_id: z.string(),
      upstream_model: z.string(),
      service_tier: z.string().exactOptional(),
    })
    .nullable(),
  error: json.nullable(),
  admitted: z.object({ ok: z.boolean().nullable(), reason: z.string().nullable() }),
  strategy: z.string(),
  router: z.string().exactOptional(),
  because: z.array(z.string()),
  estimate: z.object({
    prompt_tokens: z.number(),
    output_tokens: z.number(),
    expected_cost_usd: z.number().nullable(),
  }),
  targets: z.array(target),
  excluded: z.array(excluded),
  preferences: json,
  preferences_from: z.record(z.string(), from),
  policies: z.array(
    z.object({
      policy: z.string(),
      summary: z.string(),
      from: from.exactOptional(),
      excluded: z.number().exactOptional(),
    }),
  ),
});
