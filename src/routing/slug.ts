/**
 * Slugs of `order`, `only` and `ignore` (OpenRouter's API): an endpoint's tag or its provider's display name, in any case. A base slug
 * covers regions and variants: `deepinfra` names `deepinfra/turbo`, too.
 */
import type { Offer } from './offers.ts';

/** As slugs are compared. */
export function toSlugs(written: readonly string[]): readonly string[] {
  return written.map((slug) => slug.trim().toLowerCase());
}

/**
 * Whether the slug names the endpoint. A base slug covers the provider's service tiers as well, but never lets them in: that is
 * asked before (filters/service-tier.ts). So who ignores a provider ignores all of it.
 */
export function isNamed(slug: string, { tag, name, fullName }: Offer): boolean {
  if (slug === tag || slug === name || slug === fullName) return true;
  return tag.length > slug.length && tag[slug.length] === '/' && tag.startsWith(slug);
}

/** Whether the slug is the full one of an endpoint of a service tier: `openai/priority`. */
export function isNamedInFull(slug: string, { tag, fullName }: Offer): boolean {
  return slug === tag || slug === fullName;
}

/** The first slug that names the endpoint; -1 where none does. */
export function placeIn(slugs: readonly string[], offer: Offer): number {
  for (let place = 0; place < slugs.length; place++) {
    const slug = slugs[place];
    if (slug !== undefined && isNamed(slug, offer)) return place;
  }
  return -1;
}
