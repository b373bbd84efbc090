/** Targets in the plan's order until one answers: silent fallback before the first content. */
import { GatewayError, toGatewayError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Note } from '../core/note.ts';
import type { AttemptRef, Health } from '../health/health.ts';
import type { RetryBudget } from '../health/retry-budget.ts';
import type { AttemptRecord } from '../ledger/store.ts';
import { ROUTING_DOCS_URL } from '../routing/docs.ts';
import {
  type Attempt,
  type AttemptPorts,
  type AttemptResult,
  type PreparedAttempt,
  type Sending,
  startAttempt,
} from './attempt.ts';
import type { Lane } from './lane.ts';
import type { Credential, LiveEndpoint } from './target.ts';

export interface RoutedAnswer {
  readonly attempt: Attempt;
  /** As health knows the attempt: the same object in every call about it. */
  readonly ref: AttemptRef;
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
export type LaneFor = (target: LiveEndpoint) => {
  readonly lane: Lane;
  readonly notes: readonly Note[];
  /** Where the lane leads, if through another door of the provider than its usual one. */
  readonly through?: LiveEndpoint;
};

export interface AttemptSequenceOptions {
  readonly targets: readonly LiveEndpoint[];
  readonly laneFor: LaneFor;
  readonly sending: Sending;
  readonly ports: AttemptPorts & { readonly health: Health; readonly retries: RetryBudget };
  /** An endpoint failed this exchange before any content. */
  readonly onFailed: (endpointId: string) => void;
}

export function startAttempts(options: AttemptSequenceOptions): AttemptSequence {
  return new Sequence(options);
}

class Sequence implements AttemptSequence {
  readonly done: Promise<RoutedAnswer | GatewayError>;
  readonly records: AttemptRecord[] = [];
  readonly #skipped: Note[] = [];
  #attemptNotes: readonly Note[] = [];
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
      const outcome = await this.#tryKeys(prepared, errors);
      if (!(outcome instanceof GatewayError)) return outcome;
      if (this.#stopped) return this.#stopped;
      if (outcome === OUT_OF_RETRIES) continue;
      // What every endpoint of the model would refuse may still suit the next of `models[]` (OpenRouter's API).
      if (outcome.spec.retry === 'never') refusedModels.add(target.model.id);
    }
    if (errors.length === 0 && unsayable) return noneCanCarry(unsayable);
    return lastError(errors, this.records);
  }

  /** The request in the target's grammar, or why it cannot be said there: content is never dropped. */
  #prepare(target: LiveEndpoint): PreparedAttempt | GatewayError {
    try {
      const { lane, notes, through = target } = this.#options.laneFor(target);
      const encoded = lane.encodeRequest();
      return {
        target: through,
        hasOthers: target !== this.#options.targets.at(-1),
        lane,
        request: encoded.value,
        notes: notes.length === 0 ? encoded.notes : [...notes, ...encoded.notes],
      };
    } catch (error) {
      return toGatewayError(error);
    }
  }

  /** The endpoint with each of its keys that does not rest, until one is accepted. */
  async #tryKeys(prepared: PreparedAttempt, errors: GatewayError[]): Promise<RoutedAnswer | GatewayError> {
    const { ports } = this.#options;
    let last: GatewayError = OUT_OF_RETRIES;
    for (const credential of this.#usableKeys(prepared.target)) {
      if (this.records.length === 0) ports.retries.counted();
      else if (!ports.retries.take() && !ports.health.answersNow(credential.id)) {
        this.#skip(prepared.target);
        continue;
      }
      const outcome = await this.#try(prepared, credential);
      if (!(outcome instanceof GatewayError)) return outcome;
      errors.push(outcome);
      last = outcome;
      if (this.#stopped || !isAboutTheKey(outcome)) break;
    }
    return last;
  }

  get notes(): readonly Note[] {
    return this.#skipped.length === 0 ? this.#attemptNotes : [...this.#attemptNotes, ...this.#skipped];
  }

  #skip({ provider, model }: LiveEndpoint): void {
    if (this.#skipped.length >= MOST_SKIPPED_NOTES) return;
    const message = `${model.id} at ${provider.name} was not tried: the gateway's retries of the last ten seconds are used up`;
    this.#skipped.push({ code: 'attempt.skipped', field: 'model', message });
  }

  /** Never empty: where all rest, the first one is tried, as the plan put the endpoint last already. */
  #usableKeys({ endpoint, provider }: LiveEndpoint): readonly Credential[] {
    const { credentials } = provider;
    if (credentials.length === 1) return credentials;
    const { clock, health } = this.#options.ports;
    const nowMs = clock.now();
    const rested = credentials.filter(({ id }) => health.credentialRestsUntilMs(id, endpoint.id) <= nowMs);
    return rested.length > 0 ? rested : credentials.slice(0, 1);
  }

  async #try(prepared: PreparedAttempt, credential: Credential): Promise<RoutedAnswer | GatewayError> {
    const { sending, ports, onFailed } = this.#options;
    const { target } = prepared;
    const ref: AttemptRef = { endpointId: target.endpoint.id, credentialId: credential.id };
    const startedAtMs = ports.clock.now();
    ports.health.began(ref);
    const attempt = startAttempt(prepared, credential, sending, ports);
    this.#attemptNotes = attempt.notes;
    this.current = attempt;
    const result = await attempt.result;
    const latencyMs = ports.clock.now() - startedAtMs;
    const error = result.kind === 'failed' ? result.error : null;
    this.records.push({
      endpointId: target.endpoint.id,
      providerName: target.provider.name,
      modelId: target.model.id,
      status: result.status,
      error: error?.code ?? null,
      latencyMs,
    });
    if (result.kind !== 'failed') {
      ports.health.opened(ref, latencyMs);
      return { attempt, ref, result };
    }
    // Stopped by us: that the endpoint did not answer is not its fault.
    if (this.#stopped) ports.health.abandoned(ref);
    else ports.health.failed(ref, result.error);
    if (!this.#stopped && result.error.spec.blame === 'provider') onFailed(target.endpoint.id);
    return result.error;
  }
}

/** Of thousands of endpoints that are left alone, the first say enough. */
const MOST_SKIPPED_NOTES = 20;

/** The gateway's retry budget is used up, and this provider has not answered of late: it is left alone. */
const OUT_OF_RETRIES = new GatewayError('gateway.unavailable', 'No further attempt may be made now.');

/** Another key of the same provider may be accepted. */
function isAboutTheKey({ code }: GatewayError): boolean {
  return code === 'provider.credential' || code === 'provider.payment_required' || code === 'provider.rate_limited';
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
