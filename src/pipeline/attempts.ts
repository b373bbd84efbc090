/** Targets in the plan's order until one answers: silent fallback before the first content. */
import { GatewayError, toGatewayError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Note } from '../core/note.ts';
import type { Cooldowns } from '../health/cooldowns.ts';
import type { AttemptRecord } from '../ledger/store.ts';
import { ROUTING_DOCS_URL } from '../routing/docs.ts';
import { type Attempt, type AttemptPorts, type AttemptResult, type PreparedAttempt, startAttempt } from './attempt.ts';
import type { Lane } from './lane.ts';
import type { LiveEndpoint } from './target.ts';

export interface RoutedAnswer {
  readonly attempt: Attempt;
  readonly result: Exclude<AttemptResult, { kind: 'failed' }>;
}

/** The attempts of one exchange: what is tried now, what was tried, and how it ended. */
export interface AttemptSequence {
  /** Resolves with the answer to commit, or the error that the caller gets. Never rejects. */
  readonly done: Promise<RoutedAnswer | GatewayError>;
  readonly records: readonly AttemptRecord[];
  readonly notes: readonly Note[];
  /** The attempt under way or the last one. */
  readonly current: Attempt | undefined;
  /** No further target is tried; the one under way is aborted. */
  stop(error: GatewayError): void;
}

/** How a kind of exchange is written for a target. @throws GatewayError where it cannot be said there */
export type LaneFor = (target: LiveEndpoint) => { readonly lane: Lane; readonly notes: readonly Note[] };

export interface AttemptSequenceOptions {
  readonly targets: readonly LiveEndpoint[];
  readonly laneFor: LaneFor;
  readonly stream: boolean;
  readonly ports: AttemptPorts & { readonly cooldowns: Cooldowns };
}

export function startAttempts(options: AttemptSequenceOptions): AttemptSequence {
  return new Sequence(options);
}

class Sequence implements AttemptSequence {
  readonly done: Promise<RoutedAnswer | GatewayError>;
  readonly records: AttemptRecord[] = [];
  notes: readonly Note[] = [];
  current: Attempt | undefined;
  #stopped: GatewayError | undefined;
  readonly #options: AttemptSequenceOptions;

  constructor(options: AttemptSequenceOptions) {
    this.#options = options;
    this.done = this.#run();
  }

  stop(error: GatewayError): void {
    this.#stopped = error;
    this.current?.abort(error);
  }

  async #run(): Promise<RoutedAnswer | GatewayError> {
    const errors: GatewayError[] = [];
    const refusedModels = new Set<string>();
    let unsayable: GatewayError | undefined;
    for (const target of this.#options.targets) {
      if (this.#stopped) return this.#stopped;
      if (refusedModels.has(target.model.id)) continue;
      const prepared = this.#prepare(target);
      if (prepared instanceof GatewayError) {
        unsayable ??= prepared;
        continue;
      }
      const outcome = await this.#try(target, prepared);
      if (!(outcome instanceof GatewayError)) return outcome;
      errors.push(outcome);
      if (this.#stopped) return this.#stopped;
      // What every endpoint of the model would refuse may still suit the next of `models[]` (OpenRouter's API).
      if (outcome.spec.retry === 'never') refusedModels.add(target.model.id);
    }
    if (errors.length === 0 && unsayable) return noneCanCarry(unsayable);
    return lastError(errors, this.records);
  }

  /** The request in the target's grammar, or why it cannot be said there: content is never dropped. */
  #prepare(target: LiveEndpoint): PreparedAttempt | GatewayError {
    try {
      const { lane, notes } = this.#options.laneFor(target);
      const encoded = lane.encodeRequest();
      return { lane, request: encoded.value, notes: notes.length === 0 ? encoded.notes : [...notes, ...encoded.notes] };
    } catch (error) {
      return toGatewayError(error);
    }
  }

  async #try(target: LiveEndpoint, prepared: PreparedAttempt): Promise<RoutedAnswer | GatewayError> {
    const { stream, ports } = this.#options;
    const startedAtMs = ports.clock.now();
    const attempt = startAttempt(target, prepared, stream, ports);
    this.notes = attempt.notes;
    this.current = attempt;
    const result = await attempt.result;
    const error = result.kind === 'failed' ? result.error : null;
    this.records.push({
      endpointId: target.endpoint.id,
      providerName: target.provider.name,
      modelId: target.model.id,
      status: result.status,
      error: error?.code ?? null,
      latencyMs: ports.clock.now() - startedAtMs,
    });
    if (result.kind !== 'failed') return { attempt, result };
    ports.cooldowns.failed(target.endpoint.id, result.error);
    return result.error;
  }
}

/** No endpoint's grammar can carry the content: as where routing excludes them all. */
function noneCanCarry(refusal: GatewayError): GatewayError {
  if (refusal.code !== 'client.invalid_request') return refusal;
  return new GatewayError('route.no_endpoints', `No endpoint can carry this request. ${refusal.message}`, {
    ...refusal.details,
    availability: { code: 'no_endpoints', retryable: false, requested_models: [], docs_url: ROUTING_DOCS_URL },
  });
}

/** The last error speaks; what failed before it is told beside (OpenRouter's API), with the soonest hint to return. */
function lastError(errors: readonly GatewayError[], records: readonly AttemptRecord[]): GatewayError {
  const last = errors[errors.length - 1];
  if (!last) return new GatewayError('gateway.internal', 'A plan without targets was run.');
  if (errors.length === 1) return last;
  const hints = errors.map((error) => error.details.retryAfterMs);
  const retryAfterMs = hints.every((hint) => hint !== undefined) ? Math.min(...hints) : undefined;
  const previous: JsonObject[] = errors.slice(0, -1).map((error, i) => ({
    provider: records[i]?.providerName ?? error.details.providerName,
    code: error.status,
    status: error.details.providerStatus ?? null,
    message: error.message.slice(0, 300),
  }));
  const { retryAfterMs: _, ...details } = last.details;
  return new GatewayError(last.code, last.message, {
    ...details,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    metadata: { ...last.details.metadata, previous_errors: previous },
  });
}
