/**
 * models.dev's `api.json` → catalogue rows. Pure. The generator script and `signalbox catalog refresh` share it, so what
 * is checked in and what an operator fetches are made by one rule.
 */
import { type Facts, type FactsCost, newestDate, parseFacts } from './import/facts.ts';
import type { Host } from './import/hosts.ts';
import { inputModalities, isEmbedding, modelRow, outputModalities } from './import/model-row.ts';
import { authorOf, collectOffers, type Leave, type Offer } from './import/offers.ts';
import { DEEPSEEK_PEAK, priceRows } from './import/prices.ts';
import { tierOffers } from './import/tiers.ts';
import type { Capability, CatalogRows, EndpointRow, ModelRow } from './rows.ts';

export interface Imported {
  readonly rows: CatalogRows;
  /** Offers that were left out, and why: shown by the generator, so that a mapping can be added by hand. */
  readonly leftOut: readonly { readonly offer: string; readonly reason: string }[];
}

/** @param date of the facts, `YYYY-MM-DD`; without it the newest date in the source counts */
export function importModelsDev(source: unknown, date?: string): Imported {
  const facts = parseFacts(source);
  const leftOut: { offer: string; reason: string }[] = [];
  const leave = (host: Host, upstream: string, reason: string): void => {
    leftOut.push({ offer: `${host.modelsDev}/${upstream}`, reason });
  };
  const offers = collectOffers(facts, leave);
  const endpoints = mergeOffers(offers, leave);
  const models = describeModels(offers);
  const rowById = new Map(models.map((each) => [each.id, each]));
  return {
    rows: {
      source: { name: 'models.dev', date: date ?? newestDate(facts) },
      models,
      endpoints: endpoints.map((row) => withoutRepetition(row, rowById.get(row.model))),
    },
    leftOut,
  };
}

/** One endpoint per model, provider, variant and service tier; further names of the same thing become `aka`. */
function mergeOffers(offers: readonly Offer[], leave: Leave): EndpointRow[] {
  const groups = new Map<string, Offer[]>();
  for (const each of offers) {
    const { id, variant } = each.identity;
    const key = `${id}|${each.host.slug}|${variant ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const merged: EndpointRow[] = [];
  for (const group of groups.values()) {
    const [offer, ...others] = group.sort(preferred);
    if (!offer) continue;
    const standard = endpointRow(
      offer,
      others.map((each) => each.upstream),
    );
    merged.push(standard, ...tierRows(standard, offer, leave));
  }
  return merged.sort((a, b) => compare(endpointKey(a), endpointKey(b)));
}

function endpointKey(row: EndpointRow): string {
  return `${row.model} ${row.provider} ${row.variant ?? ''} ${row.tier ?? ''}`;
}

/** Living before deprecated, the public name before others, pinned before `-latest`, short before long. */
function preferred(a: Offer, b: Offer): number {
  const rank = ({ facts, upstream, identity }: Offer): number =>
    (facts.status === 'deprecated' ? 4 : 0) +
    (identity.id.endsWith(`/${upstream}`) ? 0 : 2) +
    (upstream.endsWith('-latest') ? 1 : 0);
  return rank(a) - rank(b) || a.upstream.length - b.upstream.length || compare(a.upstream, b.upstream);
}

function endpointRow(offer: Offer, aka: readonly string[]): EndpointRow {
  const { host, facts, identity } = offer;
  const prices = pricesOf(offer, facts.cost ?? { input: 0, output: 0 });
  const dialect = dialectOf(offer);
  return {
    model: identity.id,
    provider: host.slug,
    upstream: offer.upstream,
    ...(identity.variant ? { variant: identity.variant } : {}),
    ...(aka.length ? { aka: [...aka] } : {}),
    context: facts.limit.context ?? 0,
    ...(facts.limit.input ? { input: facts.limit.input } : {}),
    ...(facts.limit.output ? { output: facts.limit.output } : {}),
    ...(identity.quantization ? { quant: identity.quantization } : {}),
    can: capabilities(facts),
    in: inputModalities(facts, host),
    out: outputModalities(facts),
    ...(dialect === host.dialect ? {} : { dialect }),
    ...prices,
    ...(facts.status === 'deprecated' ? { deprecated: true as const } : {}),
  };
}

function pricesOf({ host, identity }: Offer, cost: FactsCost): ReturnType<typeof priceRows> {
  return priceRows(cost, {
    hourWriteDoubles: identity.id.startsWith('anthropic/'),
    peakWindows: host.slug === 'deepseek' ? DEEPSEEK_PEAK : [],
  });
}

/** The same endpoint in the host's other service tiers. */
function tierRows(standard: EndpointRow, offer: Offer, leave: Leave): EndpointRow[] {
  const { host, upstream, facts } = offer;
  const { price, overrides, ...same } = standard;
  return tierOffers(host, upstream, facts, (reason) => leave(host, upstream, reason)).map(
    ({ tier, cost, longestPrompt, source }): EndpointRow => ({
      ...same,
      tier,
      ...(longestPrompt === undefined ? {} : { input: Math.min(longestPrompt, same.input ?? longestPrompt) }),
      ...pricesOf(offer, cost),
      ...(source ? { source } : {}),
    }),
  );
}

function capabilities(facts: Facts): Capability[] {
  if (isEmbedding(facts)) return [];
  return [
    ...(facts.tool_call ? (['tools'] as const) : []),
    ...(facts.structured_output ? (['structured'] as const) : []),
    ...(facts.reasoning ? (['reasoning'] as const) : []),
    ...(facts.temperature === false ? [] : (['sampling'] as const)),
  ];
}

/**
 * OpenAI serves these through its Responses API alone, and answers 404 to a chat completion (background knowledge:
 * models.dev's rows do not say which of the two a model takes).
 */
const RESPONSES_ONLY = /^openai\/(o1-pro|o3-pro|gpt-5[.\d]*-(pro|codex(-\w+)*))$/;

/** Hosts that speak one grammar per family: the AI SDK package named by the row says which. */
function dialectOf({ host, facts, identity }: Offer): string {
  if ((host.slug === 'openai' || host.slug === 'azure') && RESPONSES_ONLY.test(identity.id)) return 'openai-responses';
  const npm = facts.provider?.npm ?? '';
  if (npm.endsWith('/anthropic')) return 'anthropic-messages';
  if (facts.provider?.shape === 'responses') return 'openai-responses';
  if (npm === '@ai-sdk/openai-compatible') return 'openai-chat';
  return host.dialect;
}

/**
 * The first-party offer describes a model best, then OpenRouter's, then whoever came first. What it takes in is what
 * either of the first two says; a free variant is its model with another name.
 */
function describeModels(offers: readonly Offer[]): ModelRow[] {
  const byModel = new Map<string, Offer[]>();
  for (const each of offers) byModel.set(each.identity.id, [...(byModel.get(each.identity.id) ?? []), each]);
  const rows = new Map<string, ModelRow>();
  for (const [id, group] of byModel) {
    const [first, ...others] = group.sort((a, b) => authority(a) - authority(b) || preferred(a, b));
    if (!first) continue;
    const row = modelRow(id, first.facts, first.host);
    const told = others.filter((each) => authority(each) < 2).flatMap((each) => inputModalities(each.facts, each.host));
    rows.set(id, { ...row, in: [...new Set([...row.in, ...told])] });
  }
  for (const [id, row] of rows) {
    const [base = id, variant] = id.split(':');
    const original = rows.get(base);
    if (variant && original)
      rows.set(id, { ...original, id, name: `${original.name} (${variant})`, in: row.in, out: row.out });
  }
  return [...rows.values()].sort((a, b) => compare(a.id, b.id));
}

function authority({ host, identity }: Offer): number {
  if (host.authors.includes(authorOf(identity.id))) return 0;
  return host.slug === 'openrouter' ? 1 : 2;
}

function withoutRepetition(row: EndpointRow, model: ModelRow | undefined): EndpointRow {
  const { in: input, out: output, ...rest } = row;
  return {
    ...rest,
    ...(input && String(input) !== String(model?.in) ? { in: input } : {}),
    ...(output && String(output) !== String(model?.out) ? { out: output } : {}),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
