/**
 * The rules of routing said a second time, as plainly as they can be and slowly: one endpoint at a time, in the words of the wire,
 * knowing nothing of the planner. Prices come from what the ledger would charge.
 */
import { priceAt } from '../catalog/price.ts';
import { isJsonObject, type JsonObject, numberAt, objectAt, stringAt } from '../core/json.ts';
import type { PriceAxes } from '../core/pricing.ts';
import type { UsageCounts } from '../core/usage.ts';
import { chargeFor } from '../ledger/charge.ts';
import type { Entry } from './candidate.ts';
import { type LabCandidate, PRICE_AXES, questionOf } from './lab.fixture.ts';
import type { AnyAsk } from './questions.fixture.ts';

const layersOf = ({ defaults, provider }: AnyAsk): readonly JsonObject[] => [...defaults, provider];

const listAt = (layer: JsonObject, key: string): readonly string[] | undefined => {
  const list = layer[key];
  return Array.isArray(list) ? list.filter((word) => typeof word === 'string') : undefined;
};

const sortAt = (layer: JsonObject): string | undefined => {
  const { sort } = layer;
  return isJsonObject(sort) ? stringAt(sort, 'by') : stringAt(layer, 'sort');
};

/** The last layer that says how to order: by list or by sort. */
function orderingLayer(ask: AnyAsk): JsonObject {
  return layersOf(ask).findLast((layer) => layer['order'] !== undefined || sortAt(layer) !== undefined) ?? {};
}

export const orderAsked = (ask: AnyAsk): readonly string[] => listAt(orderingLayer(ask), 'order') ?? [];
/** The request's own word, then its variant's, then the account's. */
export const sortAsked = (ask: AnyAsk): string | null =>
  sortAt(ask.provider) ?? ask.variant?.sort ?? sortAt(orderingLayer(ask)) ?? null;

export function fallbacksAllowed(ask: AnyAsk): boolean {
  return layersOf(ask).findLast((layer) => layer['allow_fallbacks'] !== undefined)?.['allow_fallbacks'] !== false;
}

/** A sort or an order without a partition means model by model. */
export function sortsAcrossModels(ask: AnyAsk): boolean {
  const said = layersOf(ask).map((layer) => {
    const { sort } = layer;
    const partition = isJsonObject(sort) ? stringAt(sort, 'partition') : undefined;
    return partition ?? (layer['order'] !== undefined || sortAt(layer) !== undefined ? 'model' : undefined);
  });
  return said.findLast((partition) => partition !== undefined) === 'none';
}

export const tierWanted = ({ demand }: AnyAsk): string | null =>
  demand.serviceTier === 'fast' ? 'priority' : (demand.serviceTier ?? null);

const says = (ask: AnyAsk, key: string, value: unknown): boolean => layersOf(ask).some((layer) => layer[key] === value);

// ---- who may serve ----

/** Every rule that keeps this endpoint out, come what may. */
export function objectionsTo(candidate: LabCandidate, ask: AnyAsk): ReadonlySet<string> {
  const { endpoint, provider, model, host } = candidate;
  const { demand, readsFiles = false, fitsContextUpTo = 0 } = ask;
  const against = new Set<string>();
  const keepOut = (rule: string, applies: boolean): void => {
    if (applies) against.add(rule);
  };
  const layers = layersOf(ask);
  const onlys = layers.flatMap((layer) => [listAt(layer, 'only') ?? []].filter(() => layer['only'] !== undefined));
  const { parameters = [], inputModalities = [], outputModalities = ['text'], promptTokensEstimate = 1000 } = demand;

  const { tier } = host;
  const fullSlugs = [endpoint.tag, `${provider.name}/${tier}`].map((full) => full.toLowerCase());
  const isNamedInFull = [...orderAsked(ask), ...onlys.flat()].some((slug) =>
    fullSlugs.includes(slug.trim().toLowerCase()),
  );
  const isLetIn = tier === tierWanted(ask) || tier === ask.variant?.admits || isNamedInFull;
  keepOut('service_tier', tier !== undefined && !isLetIn);

  keepOut(
    'allowed_providers',
    onlys.some((list) => !list.some((slug) => names(slug, candidate))),
  );
  keepOut(
    'ignored_providers',
    layers.some((layer) => listAt(layer, 'ignore')?.some((slug) => names(slug, candidate))),
  );
  const order = orderAsked(ask);
  const isInOrder = order.some((slug) => names(slug, candidate));
  keepOut('allow_fallbacks', order.length > 0 && !fallbacksAllowed(ask) && !isInOrder);

  keepOut(
    'data_policy:training',
    says(ask, 'data_collection', 'deny') && provider.training && !provider.enforcesPolicy,
  );
  keepOut('data_policy:zdr', says(ask, 'zdr', true) && provider.retentionDays !== 0 && !provider.enforcesPolicy);
  keepOut('distillable', says(ask, 'enforce_distillable_text', true) && model.distillable !== true);

  const served = endpoint.quantization ?? 'unknown';
  const covering = [served, ...(/^(mx|nv)fp\d$/.test(served) ? [served.slice(2)] : [])];
  const wanted = layers.map((layer) => listAt(layer, 'quantizations'));
  keepOut(
    'quantization',
    wanted.some((list) => list && !list.some((name) => covering.includes(name))),
  );

  keepOut(
    'max_price',
    layers.some((layer) => mayExceed(objectAt(layer, 'max_price'), candidate, ask)),
  );

  const inputs = inputModalities.filter((kind) => !(kind === 'file' && readsFiles));
  const unsayable = (host.unsayable ?? []).filter((kind) => !(kind === 'file' && readsFiles));
  const isAble =
    inputs.every((kind) => endpoint.inputModalities.includes(kind)) &&
    outputModalities.every((kind) => endpoint.outputModalities.some((has) => has === kind));
  keepOut('capability', !isAble || unsayable.length > 0);

  const room = endpoint.maxPromptTokens ?? endpoint.contextLength;
  const isRoomy = endpoint.contextIsAssumed === true || endpoint.contextLength <= fitsContextUpTo;
  keepOut('context_length', !isRoomy && fitsContextUpTo < Infinity && promptTokensEstimate * 0.6 > room);

  const lacks = parameters.some((parameter) => !endpoint.supportedParameters.includes(parameter));
  keepOut('require_parameters', says(ask, 'require_parameters', true) && lacks);
  return against;
}

/** A slug names an endpoint by the first words of its tag, or by its provider's display name, with its tier or without. */
export function names(slug: string, { endpoint, provider, host }: LabCandidate): boolean {
  const wanted = slug.trim().toLowerCase();
  if ([provider.name, `${provider.name}/${host.tier}`].some((name) => name.toLowerCase() === wanted)) return true;
  const words = wanted.split('/');
  const tag = endpoint.tag.toLowerCase().split('/');
  return words.length <= tag.length && words.every((word, at) => word === tag[at]);
}

const MILLION = 1_000_000;
const MINUTE_MS = 60_000;

/** Whether any usage that this request may lead to can be charged above a cap. Amounts are USD per million tokens, or each. */
function mayExceed(caps: JsonObject | undefined, candidate: LabCandidate, ask: AnyAsk): boolean {
  if (!caps) return false;
  const usages = possibleUsages(candidate, ask);
  return possiblePrices(candidate, ask).some((axes) =>
    Object.entries(caps).some(([axis, cap]) =>
      (usages[axis] ?? []).some((counts) => {
        const { costNanoUsd } = chargeFor({ counts: { requests: 0, ...counts }, estimated: false }, axes);
        return Number(costNanoUsd) > Number(cap) * 1e9;
      }),
    ),
  );
}

function possibleUsages(
  { endpoint, provider }: LabCandidate,
  { demand }: AnyAsk,
): Readonly<Record<string, readonly UsageCounts[]>> {
  const writes = demand.marksCache || (provider.writesCache && endpoint.supportsImplicitCaching);
  const draws = demand.outputModalities?.includes('image');
  return {
    prompt: [
      { promptTokens: MILLION },
      { promptTokens: MILLION, cachedTokens: MILLION },
      ...(writes ? [{ promptTokens: MILLION, cacheWriteTokens: MILLION }] : []),
      ...(demand.marksCache ? [{ promptTokens: MILLION, cacheWriteTokens: MILLION, cacheWrite1hTokens: MILLION }] : []),
    ],
    completion: [
      { completionTokens: MILLION },
      { completionTokens: MILLION, reasoningTokens: MILLION },
      ...(draws ? [{ completionTokens: MILLION, imageCompletionTokens: MILLION }] : []),
    ],
    request: [{ requests: 1 }],
  };
}

/** At every minute of the next half hour, for every length the prompt may turn out to have, as far as prices differ. */
function possiblePrices({ endpoint }: LabCandidate, ask: AnyAsk): readonly PriceAxes[] {
  const { pricing, contextLength } = endpoint;
  const { promptTokensEstimate: estimate = 1000 } = ask.demand;
  const shortest = contextLength <= (ask.fitsContextUpTo ?? 0) ? 0 : Math.floor(estimate * 0.6);
  const longest = Math.ceil((estimate * 5) / 3);
  const bounds = pricing.overrides.flatMap(({ minPromptTokens = 0 }) => [minPromptTokens, minPromptTokens + 1]);
  const lengths = [shortest, estimate, longest, ...bounds].filter((one) => one >= shortest && one <= longest);
  const minutes = pricing.overrides.length === 0 ? [0] : Array.from({ length: 31 }, (_, minute) => minute);
  const prices = lengths.flatMap((promptTokens) =>
    minutes.map((minute) => priceAt(pricing, { promptTokens, nowMs: ask.nowMs + minute * MINUTE_MS })),
  );
  return [...new Map(prices.map((axes) => [PRICE_AXES.map((axis) => axes[axis]).join(), axes])).values()];
}

/** Of a model's endpoints that may serve: those left by what is only preferred, one preference after the other. */
export function preferredOf(allowed: readonly LabCandidate[], ask: AnyAsk): readonly LabCandidate[] {
  const { demand, fitsContextUpTo = 0 } = ask;
  const { parameters = [], maxOutputTokens = null, promptTokensEstimate = 1000 } = demand;
  let left = allowed;
  const prefer = (isBetter: (candidate: LabCandidate) => boolean): void => {
    if (left.some(isBetter)) left = left.filter(isBetter);
  };
  if (tierWanted(ask) === 'flex') prefer(({ host }) => host.tier === 'flex');
  if (fitsContextUpTo > 0) {
    const contextOf = ({ endpoint }: LabCandidate) => (endpoint.contextIsAssumed ? Infinity : endpoint.contextLength);
    const most = Math.max(...left.map(contextOf));
    const half = (promptTokensEstimate + (maxOutputTokens ?? 0)) / 2;
    prefer((each) => [most > half ? half : most, fitsContextUpTo + 1].some((enough) => contextOf(each) >= enough));
  }
  if (maxOutputTokens !== null) prefer(({ endpoint }) => (endpoint.maxOutputTokens ?? Infinity) >= maxOutputTokens);
  for (const parameter of ['tools', 'tool_choice', 'response_format', 'structured_outputs', 'verbosity'])
    if (parameters.includes(parameter)) prefer(({ endpoint }) => endpoint.supportedParameters.includes(parameter));
  return left;
}

/** Each model's endpoints that may be tried, and those of them that are preferred. */
export function expectedOf(ask: AnyAsk): readonly (readonly LabCandidate[])[] {
  return questionOf(ask).groups.map(({ candidates }) =>
    preferredOf(
      candidates.filter((candidate) => objectionsTo(candidate, ask).size === 0),
      ask,
    ),
  );
}

// ---- in which order ----

export const isResting = ({ candidate: { host } }: Entry<LabCandidate>): boolean =>
  host.state === 'resting' || host.state === 'key rests';

/** Misses a cut-off of the last layer that names one. */
export function isTooSlow({ candidate: { host } }: Entry<LabCandidate>, ask: AnyAsk): boolean {
  const boundsOf = (key: string): Readonly<Record<string, number>> => {
    const bound = layersOf(ask).findLast((layer) => layer[key] !== undefined)?.[key];
    if (typeof bound === 'number') return { p50: bound };
    const object = isJsonObject(bound) ? bound : {};
    return Object.fromEntries(Object.keys(object).map((cut) => [cut, numberAt(object, cut) ?? Number.NaN]));
  };
  const misses = (key: string, measured: object | null | undefined, isWorse: (has: number, bound: number) => boolean) =>
    Object.entries(boundsOf(key)).some(([cut, bound]) =>
      Object.entries(measured ?? {}).some(([name, has]) => name === cut && isWorse(has, bound)),
    );
  return (
    misses('preferred_min_throughput', host.health?.throughput, (has, bound) => has < bound) ||
    misses('preferred_max_latency', host.health?.latency, (has, bound) => has > bound)
  );
}

/** What a sort compares, smaller first. */
export function sortKey({ candidate: { host }, costPico }: Entry<LabCandidate>, sort: string): readonly number[] {
  const unknown = Infinity;
  switch (sort) {
    case 'price':
      return [costPico];
    case 'throughput':
      return [host.health?.throughput ? -host.health.throughput.p50 : unknown, costPico];
    case 'latency':
      return [host.health?.latency?.p50 ?? unknown, costPico];
    default:
      return [];
  }
}
