/** Which providers the catalogue knows, what they are called at models.dev, and who writes which models. Data. */
import { z } from 'zod';
import authorsJson from '../data/authors.json';
import hostsJson from '../data/hosts.json';

const host = z.strictObject({
  /** Our provider slug (docs/sources.md). */
  slug: z.string(),
  /** Provider id at models.dev. */
  modelsDev: z.string(),
  dialect: z.string(),
  /** Authors for whom this provider is first party: rows without an author are the first one's. */
  authors: z.array(z.string()),
  /** Takes vLLM's extra sampling parameters. */
  extraSampling: z.boolean().optional(),
  /** Resells closed models through their makers: only what it hosts itself is listed. */
  openWeightsOnly: z.boolean().optional(),
  /** Its `experimental.modes` are its own; elsewhere models.dev copies them from the maker's row, and nobody vouches. */
  ownModes: z.boolean().optional(),
  /** Parameters the host takes beyond its grammar. */
  with: z.array(z.string()).optional(),
  /** Parameters the host is known to refuse (docs/sources.md): what is listed here is dropped from requests. */
  without: z.array(z.string()).optional(),
  /** The same for its reasoning models only. */
  withoutWhenReasoning: z.array(z.string()).optional(),
});

export type Host = z.infer<typeof host>;

export const HOSTS: readonly Host[] = z.array(host).parse(hostsJson);
export const HOST_BY_SLUG: ReadonlyMap<string, Host> = new Map(HOSTS.map((each) => [each.slug, each]));

const authors = z
  .object({
    aliases: z.record(z.string(), z.string()),
    redistributors: z.array(z.string()),
    names: z.record(z.string(), z.string()),
  })
  .parse(authorsJson);

const AUTHOR_ALIASES = new Map(Object.entries(authors.aliases));
const REDISTRIBUTORS = new Set(authors.redistributors);
const AUTHOR_NAMES = new Map(Object.entries(authors.names));

/** The author under the name OpenRouter uses, or undefined for somebody who only repackages weights. */
export function publicAuthor(author: string, slug: string): string | undefined {
  const lower = author.toLowerCase();
  if (REDISTRIBUTORS.has(lower)) return undefined;
  // Meta publishes Llama as meta-llama, and everything newer as meta.
  if (lower === 'meta') return slug.toLowerCase().includes('llama') ? 'meta-llama' : 'meta';
  return AUTHOR_ALIASES.get(lower) ?? lower;
}

/** `z-ai` → `Z.AI`. */
export function authorName(author: string): string {
  return AUTHOR_NAMES.get(author) ?? author;
}

export const KNOWN_AUTHORS: ReadonlySet<string> = new Set([...AUTHOR_NAMES.keys(), ...AUTHOR_ALIASES.keys()]);
