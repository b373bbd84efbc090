/** One client call, from the parsed request on. Tagged by kind: a new kind brings its own run. */
import type { Caller } from '../core/caller.ts';
import type { Demand } from '../core/demand.ts';
import type { GatewayError } from '../core/errors.ts';
import type { WholeKind } from '../core/exchange-kind.ts';
import type { Clock, Random } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';
import type { NanoUsd } from '../core/money.ts';
import type { Note } from '../core/note.ts';
import type { CallableTool } from '../core/tool-check.ts';
import type { UsageCounts } from '../core/usage.ts';
import type { ClientDialect, ExchangeKind } from '../dialects/dialect.ts';
import type { WholeClient, WholeRequest } from '../dialects/whole.ts';
import type { Egress } from '../egress/egress.ts';
import type { Health } from '../health/health.ts';
import type { RetryBudget } from '../health/retry-budget.ts';
import type { LedgerStore } from '../ledger/store.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Deadlines } from './deadlines.ts';
import type { PluginSources } from './exchange-plugins.ts';
import type { Snapshot } from './snapshot.ts';

/** The part that every kind shares: admission, plan, attempts, settlement and telemetry are written on it. */
export interface ExchangeBase {
  /** `gen-…`, kept over fallbacks. */
  readonly id: string;
  readonly receivedAtMs: number;
  readonly caller: Caller;
  readonly demand: Demand;
  readonly asked: AskedByHeader;
  /** The preset that the request was made of, or null. */
  readonly presetId: string | null;
  /** Notes of parsing. */
  readonly notes: readonly Note[];
  /** Pinned at admission, with its prices. */
  readonly snapshot: Snapshot;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

/** What a caller asks of the gateway by request headers (OpenRouter's API). */
export interface AskedByHeader {
  /** `X-OpenRouter-Metadata: enabled`: say in the reply how it was routed. */
  readonly metadata: boolean;
  /** `X-OpenRouter-No-Prompt-Training`: as `provider.data_collection: deny`. */
  readonly noPromptTraining: boolean;
  /** Gateways of this kind that the request came through, outermost first: a loop is seen by its own id. */
  readonly via: readonly string[];
}

export const ASKED_NOTHING: AskedByHeader = { metadata: false, noPromptTraining: false, via: [] };

export interface ChatExchange<Wire> extends ExchangeBase {
  readonly kind: 'chat';
  readonly dialect: ClientDialect<Wire>;
  readonly wire: Wire;
  /** Preview features the caller named in a header, passed to the grammar that knows them. */
  readonly betas: readonly string[];
}

/** One question, one whole answer: embeddings, rerank, moderation. */
export interface WholeExchange<Kind extends WholeKind> extends ExchangeBase {
  readonly kind: Kind;
  readonly client: WholeClient<Kind>;
  readonly request: WholeRequest<Kind>;
}

/** Any exchange, as the shared parts see it. */
export type Exchange = ExchangeBase & {
  readonly kind: ExchangeKind;
  /** What plugins used themselves; no endpoint's price applies to it. */
  readonly pluginUsage: UsageCounts;
  /** The tools that the model may call; read only where it called one. */
  readonly tools: () => readonly CallableTool[];
};

/** What spend says about a key, and what a settlement adds to it. Synchronous: no await between check and take. */
export interface SpendPort {
  /** The refusal where the key may spend no more. */
  admit(caller: Caller, nowMs: number): GatewayError | undefined;
  /** What the key may still spend; null without a limit. */
  left(caller: Caller): NanoUsd | null;
  post(keyHash: string, costNanoUsd: NanoUsd, atMs: number): void;
}

export interface PipelinePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly egress: Egress;
  readonly deadlines: Deadlines;
  readonly health: Health;
  readonly retries: RetryBudget;
  readonly sessions: Sessions;
  /** Fast and not cryptographic: tells conversations apart. */
  readonly fingerprint: (text: string) => string;
  /** What plugins are made of besides the request: a reader of files, the way to a search. */
  readonly pluginSources: PluginSources;
  /** This gateway's own id, in `X-Signalbox-Via`. */
  readonly instanceId: string;
  readonly ledger: LedgerStore;
  readonly spend: SpendPort;
  readonly running: RunningExchanges;
  /** A stable token for a caller's end user: tells users apart, tells nothing about them. */
  readonly endUserToken: (keyHash: string, user: string) => string;
  readonly log: ExchangeLog;
}

/** Exchanges under way, so that `/generation` can say "still running". */
export interface RunningExchanges {
  add(id: string, keyHash: string): void;
  remove(id: string): void;
  keyHashOf(id: string): string | undefined;
}

export interface ExchangeLog {
  settled(line: ExchangeLine): void;
  error(message: string, cause: unknown): void;
}

export interface ExchangeLine {
  readonly id: string;
  readonly status: number;
  readonly model: string;
  readonly provider: string | null;
  readonly streamed: boolean;
  readonly costNanoUsd: NanoUsd;
  readonly durationMs: number;
  readonly error: string | null;
  readonly key: string;
}

export type Reply =
  | { readonly kind: 'whole'; readonly body: string; readonly notes: number }
  | { readonly kind: 'stream'; readonly body: AsyncGenerator<string>; readonly notes: number }
  | { readonly kind: 'error'; readonly error: GatewayError; readonly routerMetadata?: JsonObject };
