/**
 * `POST /signalbox/route`: where a chat request would go and why, without sending it. An own route: OpenRouter's API has none. The
 * control socket and the command line ask the same function.
 */
import type { Caller, KeyRecord } from '../../core/caller.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import { DEFAULT_WORKSPACE_ID } from '../../core/keys.ts';
import { openAiChat } from '../../dialects/openai-chat/index.ts';
import { type DryRunPorts, dryRun } from '../../pipeline/dry-run.ts';
import { ASKED_NOTHING, type AskedByHeader } from '../../pipeline/exchange.ts';
import { exchangeForesight } from '../../pipeline/exchange-plugins.ts';
import type { RouteInput } from '../../pipeline/route.ts';
import type { RouteReport } from '../../pipeline/route-report.ts';
import type { Snapshot } from '../../pipeline/snapshot.ts';
import { expandPreset } from '../../presets/apply-preset.ts';
import type { PresetTable } from '../../presets/preset-table.ts';
import { presetReferenceOf } from '../../presets/reference.ts';

export interface RouteExplainPorts extends DryRunPorts {
  readonly snapshot: () => Snapshot;
  /** Null where there is no store to find them in. */
  readonly presets: Pick<PresetTable, 'find'> | null;
}

/** Who asks, and what his headers say. */
export interface Asking {
  readonly caller: Caller;
  readonly asked: AskedByHeader;
  /** Of the header; the body's wins. */
  readonly sessionId: string | null;
}

const { client } = openAiChat;

/** @throws GatewayError as `/chat/completions` refuses a body that is no request */
export function explainRoute(body: Json, { caller, asked, sessionId }: Asking, ports: RouteExplainPorts): RouteReport {
  const expanded = expand(body, caller.key, ports.presets);
  const wire = client.parseRequest(expanded.body);
  const demand = client.demandOf(wire);
  const input: RouteInput = {
    kind: 'chat',
    demand: demand.sessionId === null ? { ...demand, sessionId } : demand,
    asked,
    snapshot: ports.snapshot(),
    caller,
    opening: () => client.openingOf(wire),
  };
  const { active, acts, refusal } = exchangeForesight({
    demand: input.demand,
    dialect: openAiChat,
    wire,
    snapshot: input.snapshot,
  });
  const plugins = acts.map(({ id, summary }) => ({ policy: `plugin:${id}`, summary }));
  const policies = [...expanded.policies, ...plugins];
  return dryRun(input, { plugins: active, policies, refusal, encodeError: client.encodeError }, ports);
}

function expand(body: Json, key: KeyRecord, presets: RouteExplainPorts['presets']) {
  const reference = isJsonObject(body) ? presetReferenceOf(body) : null;
  if (!isJsonObject(body) || reference === null) return { body, policies: [] };
  if (!presets) {
    throw invalidRequest(
      reference.field,
      `presets are kept by the server; ask a running one for the route of a request that names "${reference.slug}"`,
    );
  }
  const applied = expandPreset(body, (slug) => presets.find(key.workspaceId, slug));
  const summary = `the preset "${reference.slug}" adds its fields where the request says none`;
  return { body: applied.body, policies: [{ policy: 'preset', summary }] };
}

/** A caller without a key: the account's defaults hold, no limit is asked. */
export function withoutKey(name = ''): Asking {
  const key: KeyRecord = {
    hash: '',
    kind: 'inference',
    name,
    label: '',
    disabled: false,
    limitNanoUsd: null,
    limitReset: null,
    includeByokInLimit: false,
    createdAtMs: 0,
    updatedAtMs: null,
    expiresAtMs: null,
    creatorUserId: null,
    workspaceId: DEFAULT_WORKSPACE_ID,
    externalUser: null,
    source: 'database',
  };
  return withKey(key);
}

/** A caller with this key, as the command line chooses one. */
export function withKey(key: KeyRecord): Asking {
  return { caller: { key, referer: null, title: null, userAgent: null }, asked: ASKED_NOTHING, sessionId: null };
}
