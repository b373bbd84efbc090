/**
 * Which public model an offer is. Two witnesses: the host's own name for it, and models.dev's canonical id, which is
 * wrong often enough to need checking (it calls a distilled Qwen "deepseek-r1"). Where they disagree and no hand-written
 * row decides, the offer is left out: a missing endpoint is a nuisance, a wrong one bills the wrong model.
 */
import { z } from 'zod';
import namesJson from '../data/names.json';
import type { Facts } from './facts.ts';
import { type Host, publicAuthor } from './hosts.ts';
import { readSpelling, type Spelling, spellingKey, undated } from './spelling.ts';

const names = z
  .object({
    /** Spelling key → public id, wherever it occurs. */
    keys: z.record(z.string(), z.string()),
    /** `models.dev provider/upstream` → public id, `id#variant`, or null to leave it out. */
    offers: z.record(z.string(), z.string().nullable()),
    /** Reference ids that are not models of their own. */
    notModels: z.array(z.string()),
  })
  .parse(namesJson);

const KEYS = new Map(Object.entries(names.keys));
const OFFERS = new Map(Object.entries(names.offers));
export const NOT_MODELS: ReadonlySet<string> = new Set(names.notModels);

/** Words by which a host's spelling may differ from the canonical id's without being another model. */
const HARMLESS = new Set(['instruct', 'it', 'chat', 'preview', 'latest', 'v1', 'nvidia']);

export interface Identity {
  readonly id: string;
  readonly variant: string | undefined;
  readonly quantization: string | undefined;
}

export type Identified =
  | { readonly kind: 'known'; readonly identity: Identity }
  /** Not among the references: a model of its own under the author and name it came with. */
  | { readonly kind: 'new'; readonly identity: Identity }
  | { readonly kind: 'unsure'; readonly reason: string };

/** References by spelling key. Several ids under one key are told apart by author. */
export type References = ReadonlyMap<string, readonly string[]>;

export function referencesOf(ids: Iterable<string>): References {
  const references = new Map<string, string[]>();
  for (const id of ids) {
    const key = spellingKey(id.slice(id.indexOf('/') + 1));
    references.set(key, [...(references.get(key) ?? []), id]);
  }
  return references;
}

export function identify(host: Host, upstream: string, facts: Facts, references: References): Identified {
  const spelling = readSpelling(host, upstream);
  const decided = OFFERS.get(`${host.modelsDev}/${upstream}`);
  if (decided === null) return { kind: 'unsure', reason: 'left out by hand' };
  if (decided !== undefined) {
    const [id = decided, variant] = decided.split('#');
    return {
      kind: 'known',
      identity: { id, variant: variant ?? spelling.region, quantization: spelling.quantization },
    };
  }
  const identityOf = (id: string): Identity => ({
    id,
    variant: spelling.region,
    quantization: spelling.quantization,
  });
  const byName = spelling.slugs
    .map((slug) => findReference(slug, spelling.author, references))
    .find((id) => id !== undefined);
  const canonical = readCanonical(facts.canonical_model_id);
  const byCanonical = canonical && findReference(canonical.slug, canonical.author, references);
  if (byName && (byCanonical === undefined || byCanonical === byName))
    return { kind: 'known', identity: identityOf(byName) };
  if (byName) return { kind: 'unsure', reason: `named ${byName}, canonical ${byCanonical}` };
  if (canonical && !spelling.slugs.some((slug) => isSameName(slug, canonical.slug))) {
    return { kind: 'unsure', reason: `named ${spelling.slugs[0]}, canonical ${canonical.author}/${canonical.slug}` };
  }
  if (byCanonical) return { kind: 'known', identity: identityOf(byCanonical) };
  const author = authorOf(spelling, canonical, host);
  if (author === undefined) return { kind: 'unsure', reason: 'no author' };
  return { kind: 'new', identity: identityOf(`${author}/${canonical?.slug ?? publicSlug(spelling.slugs[0])}`) };
}

function findReference(slug: string, author: string | undefined, references: References): string | undefined {
  const key = spellingKey(slug);
  const fixed = KEYS.get(key);
  if (fixed !== undefined && (author === undefined || author === fixed.slice(0, fixed.indexOf('/')))) return fixed;
  const ids = references.get(key) ?? [];
  const matching = author === undefined ? ids : ids.filter((id) => id.startsWith(`${author}/`));
  return matching.length === 1 ? matching[0] : undefined;
}

function readCanonical(id: string | undefined): { readonly author: string; readonly slug: string } | undefined {
  if (id === undefined) return undefined;
  const slash = id.indexOf('/');
  const slug = id.slice(slash + 1).toLowerCase();
  const author = publicAuthor(id.slice(0, slash), slug);
  return author === undefined ? undefined : { author, slug: publicSlug(undated(slug)) };
}

function isSameName(left: string, right: string): boolean {
  const core = (slug: string): string =>
    slug
      .split(/[^a-z0-9]+/)
      .filter((word) => !HARMLESS.has(word))
      .join('');
  return core(left) === core(right);
}

function authorOf(
  spelling: Spelling,
  canonical: { readonly author: string } | undefined,
  host: Host,
): string | undefined {
  return spelling.author ?? canonical?.author ?? host.authors[0];
}

/** Characters that a public id may have. */
function publicSlug(slug: string): string {
  return slug.replace(/[^a-z0-9._-]+/g, '-');
}
