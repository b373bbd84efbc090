/** What a dry run says, in the wire's words: plain data, the same over HTTP, on the control socket and in the route tests. */
import type { WirePrices } from '../catalog/price-axes.ts';
import type { JsonObject } from '../core/json.ts';
import type { PreferenceLayer, PreferenceSources } from './told-preferences.ts';

// Type aliases, as an interface is no JSON object.

export type RouteReport = {
  /** The first target of this draw; null where routing refuses. */
  readonly would_go_to: Destination | null;
  /** What the caller would get where routing refuses: the `error` of its body. */
  readonly error: JsonObject | null;
  /** Whether the key could pay; `ok` is null where nobody asked it. */
  readonly admitted: { readonly ok: boolean | null; readonly reason: string | null };
  readonly strategy: string;
  /** The router that chose the model. */
  readonly router?: string;
  /** Why it is this order. */
  readonly because: readonly string[];
  readonly estimate: {
    readonly prompt_tokens: number;
    readonly output_tokens: number;
    /** At the first target, in USD. */
    readonly expected_cost_usd: number | null;
  };
  readonly targets: readonly TargetReport[];
  readonly excluded: readonly ExcludedReport[];
  /** In force, in the words of a request's `provider` object. */
  readonly preferences: JsonObject;
  readonly preferences_from: PreferenceSources;
  /** What restricts this request or changes it. */
  readonly policies: readonly PolicyReport[];
};

export type Destination = {
  readonly provider: string;
  readonly model: string;
  readonly endpoint_id: string;
  readonly upstream_model: string;
  readonly service_tier?: string;
};

export type TargetReport = {
  /** From 1, in the order they are tried. */
  readonly rank: number;
  readonly endpoint_id: string;
  readonly provider: string;
  readonly model: string;
  /** Of this request here, in USD. */
  readonly expected_cost: number;
  /** In force for this request, in USD a unit. */
  readonly pricing: WirePrices<string>;
  /** The chance that it is the first of its model. */
  readonly share: number;
  /** `ready`, or why it comes later (docs/concepts/routing.md). */
  readonly standing: string;
  /** Measured, 0–1, where the order depends on it. */
  readonly quality?: number;
  /** Seconds to the first token, and tokens a second: the medians of 5 minutes. */
  readonly latency_p50?: number;
  readonly throughput_p50?: number;
  /** It holds the prompt cache of this conversation. */
  readonly session?: { readonly cached_tokens: number; readonly is_named: boolean };
  /** Parameters of the request that it does not take. */
  readonly dropped_parameters?: readonly string[];
};

export type ExcludedReport = {
  readonly endpoint_id: string;
  readonly provider: string;
  readonly model: string;
  readonly excluded_by: string;
  readonly because: string;
  /** Where only the first of a draw is tried: the chance that it had been this one. */
  readonly share?: number;
};

export type PolicyReport = {
  /** A name of `preferences`, `key_limit`, `preset`, or `plugin:<id>`. */
  readonly policy: string;
  readonly summary: string;
  readonly from?: readonly PreferenceLayer['from'][];
  /** How many endpoints it excludes here. */
  readonly excluded?: number;
};
