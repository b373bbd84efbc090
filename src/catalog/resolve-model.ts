/**
 * What a caller's model name means. Works over any set of models: the catalogue's, with or without those an
 * operator defined. Variants that only steer routing (`:nitro`, `:online`) are the router's: they are set aside here and
 * left on the id that is returned.
 */
import { z } from 'zod';
import { indexLatest } from './latest-alias.ts';
import { nearMatches } from './near-matches.ts';

/** What the index needs to know of a model and of an endpoint. */
export interface NamedModel {
  readonly id: string;
  readonly canonicalSlug: string;
  readonly retired?: { readonly successor: string };
  /** These three decide which model of a family is the latest. */
  readonly createdSeconds?: number;
  readonly expirationDate?: string | null;
  readonly router?: boolean;
}
export interface NamedEndpoint {
  readonly modelId: string;
  readonly providerId: string;
  readonly upstreamModel: string;
  readonly upstreamAliases?: readonly string[];
  readonly deprecated?: boolean;
}

export interface AliasTable {
  /** Written name → public id. */
  readonly names: ReadonlyMap<string, string>;
  /** Gone models → the id that took their place. */
  readonly retired: ReadonlyMap<string, string>;
}

export type Resolved =
  | { readonly kind: 'found'; readonly id: string; readonly via?: ResolvedVia }
  | { readonly kind: 'retired'; readonly id: string; readonly successor: string }
  | { readonly kind: 'unknown'; readonly near: readonly string[] };

/** How a name that is no public id was understood. */
export type ResolvedVia = 'canonical-slug' | 'operator-alias' | 'alias' | 'vendor-id' | 'spelling' | 'latest';

export interface ModelIndex {
  readonly ids: ReadonlySet<string>;
  readonly retired: ReadonlyMap<string, string>;
  /** Lower-case written form → public id, with how it was understood. The first one that claims a name keeps it. */
  readonly names: ReadonlyMap<string, { readonly id: string; readonly via: ResolvedVia }>;
  /** Letters and digits only → public id; null where two models share it. */
  readonly spellings: ReadonlyMap<string, string | null>;
  /** `~author/family-latest` → public id. */
  readonly latest: ReadonlyMap<string, string>;
}

export interface IndexOptions {
  /** YYYY-MM-DD, for models that have a last day. */
  readonly today?: string;
  /** Whether anybody here serves the model: `~author/family-latest` means the newest that is, if one is. */
  readonly isServed?: (id: string) => boolean;
}

const aliasFile = z.object({
  names: z.record(z.string(), z.string()),
  retired: z.record(z.string(), z.string()),
});

export function parseAliases(value: unknown): AliasTable {
  const { names, retired } = aliasFile.parse(value);
  return { names: new Map(Object.entries(names)), retired: new Map(Object.entries(retired)) };
}

/**
 * Built once per snapshot. What only a name that is no public id needs is built when the first such name is asked for: most
 * gateways never are, and it is a quarter of a snapshot's work.
 * @param operatorAliases the configuration's `aliases`: they win over everything but public ids
 */
export function indexModels(
  models: readonly NamedModel[],
  endpoints: readonly NamedEndpoint[],
  aliases: AliasTable,
  operatorAliases: Readonly<Record<string, string>> = {},
  options: IndexOptions = {},
): ModelIndex {
  const ids = new Set(models.map(({ id }) => id));
  const retired = new Map(aliases.retired);
  for (const model of models) if (model.retired) retired.set(model.id, model.retired.successor);
  let names: ModelIndex['names'] | undefined;
  let spellings: ModelIndex['spellings'] | undefined;
  let latest: ModelIndex['latest'] | undefined;
  return {
    ids,
    retired,
    get names() {
      names ??= namesOf(models, endpoints, aliases, operatorAliases);
      return names;
    },
    get spellings() {
      spellings ??= spellingsOf(ids);
      return spellings;
    },
    get latest() {
      latest ??= latestOf(models, endpoints, options);
      return latest;
    },
  };
}

function namesOf(
  models: readonly NamedModel[],
  endpoints: readonly NamedEndpoint[],
  aliases: AliasTable,
  operatorAliases: Readonly<Record<string, string>>,
): ModelIndex['names'] {
  const names = new Map<string, { id: string; via: ResolvedVia }>();
  const add = (name: string, id: string, via: ResolvedVia): void => {
    const key = name.toLowerCase();
    if (!names.has(key)) names.set(key, { id, via });
  };
  const bySlug = new Claims();
  for (const [name, id] of Object.entries(operatorAliases)) add(name, id, 'operator-alias');
  for (const { id, canonicalSlug } of models) {
    if (isVariant(id)) continue;
    add(canonicalSlug, id, 'canonical-slug');
    bySlug.add(id.slice(id.indexOf('/') + 1), id);
  }
  for (const [name, id] of aliases.names) add(name, id, 'alias');
  for (const [name, id] of bySlug.unique()) add(name, id, 'vendor-id');
  for (const [name, id] of vendorNames(endpoints).unique()) add(name, id, 'vendor-id');
  for (const [name, id] of datedNames(models).unique()) add(name, id, 'vendor-id');
  return names;
}

function latestOf(
  models: readonly NamedModel[],
  endpoints: readonly NamedEndpoint[],
  { today, isServed }: IndexOptions,
): ReadonlyMap<string, string> {
  const ending = new Map<string, boolean>();
  for (const { modelId, deprecated } of endpoints) {
    ending.set(modelId, (ending.get(modelId) ?? true) && deprecated === true);
  }
  const deprecated = new Set([...ending].filter(([, all]) => all).map(([id]) => id));
  const options = { deprecated, ...(today === undefined ? {} : { today }) };
  const known = indexLatest(models, options);
  if (!isServed) return known;
  const served = models.filter(({ id }) => isServed(id));
  return new Map([...known, ...indexLatest(served, options)]);
}

/** Names that providers use, free variants and aggregators' own copies of public ids aside. */
function vendorNames(endpoints: readonly NamedEndpoint[]): Claims {
  const claims = new Claims();
  for (const endpoint of endpoints) {
    if (isVariant(endpoint.modelId)) continue;
    for (const name of [endpoint.upstreamModel, ...(endpoint.upstreamAliases ?? [])]) {
      if (name !== endpoint.modelId) claims.add(name, endpoint.modelId);
    }
  }
  return claims;
}

/** First snapshots as their makers name them: `gpt-5-2025-08-07`, `openai/gpt-5-2025-08-07`, `gpt-5-20250807`. */
function datedNames(models: readonly NamedModel[]): Claims {
  const claims = new Claims();
  for (const { id, canonicalSlug } of models) {
    const [, year, month, day] = /-(\d{4})(\d{2})(\d{2})$/.exec(canonicalSlug) ?? [];
    if (year === undefined || isVariant(id)) continue;
    const slug = id.slice(id.indexOf('/') + 1);
    claims.add(`${id}-${year}-${month}-${day}`, id);
    claims.add(`${slug}-${year}-${month}-${day}`, id);
    claims.add(`${slug}-${year}${month}${day}`, id);
  }
  return claims;
}

/** Names claimed by models; one that two models claim belongs to neither. */
class Claims {
  readonly #idByName = new Map<string, string | null>();

  add(name: string, id: string): void {
    const key = name.toLowerCase();
    const claimed = this.#idByName.get(key);
    this.#idByName.set(key, claimed === undefined || claimed === id ? id : null);
  }

  *unique(): Generator<readonly [string, string]> {
    for (const [name, id] of this.#idByName) if (id !== null) yield [name, id];
  }
}

function spellingsOf(ids: ReadonlySet<string>): ReadonlyMap<string, string | null> {
  const spellings = new Map<string, string | null>();
  for (const id of ids) {
    if (isVariant(id)) continue;
    const key = spelling(id);
    spellings.set(key, spellings.has(key) ? null : id);
  }
  return spellings;
}

/** `anthropic/claude-opus-4-5` and `anthropic/claude-opus-4.5` are one spelling. The author stays apart from the rest. */
function spelling(id: string): string {
  return id.toLowerCase().replace(/[^a-z0-9/]/g, '');
}

function isVariant(id: string): boolean {
  return id.includes(':');
}

export function resolveModelId(index: ModelIndex, requested: string): Resolved {
  const name = requested.trim();
  const whole = lookUp(index, name);
  if (whole) return whole;
  // `model:variant`: a variant that is no catalogue entry of its own rides on whatever its model resolves to.
  const colon = name.indexOf(':');
  if (colon > 0) {
    const base = lookUp(index, name.slice(0, colon));
    if (base?.kind === 'found') return { ...base, id: `${base.id}${name.slice(colon)}` };
    if (base) return base;
  }
  const base = colon > 0 ? name.slice(0, colon) : name;
  return { kind: 'unknown', near: nearMatches(base, isLatestName(base) ? index.latest.keys() : index.ids) };
}

/** Written with its tilde, or as people write it who forgot it. */
function isLatestName(name: string): boolean {
  return name.startsWith('~') || name.toLowerCase().endsWith('-latest');
}

function lookUp(index: ModelIndex, name: string): Resolved | undefined {
  const retired = index.retired.get(name);
  if (index.ids.has(name))
    return retired ? { kind: 'retired', id: name, successor: retired } : { kind: 'found', id: name };
  const named = index.names.get(name.toLowerCase());
  if (named && index.ids.has(named.id)) return { kind: 'found', ...named };
  if (name.startsWith('~')) {
    const latest = index.latest.get(name.toLowerCase());
    return latest === undefined ? undefined : { kind: 'found', id: latest, via: 'latest' };
  }
  if (retired) return { kind: 'retired', id: name, successor: retired };
  const spelled = index.spellings.get(spelling(name));
  return spelled ? { kind: 'found', id: spelled, via: 'spelling' } : undefined;
}
