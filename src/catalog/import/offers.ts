/** Which of a source's offers have a place in the catalogue, and whose model each one is. */
import type { Facts, FactsSource } from './facts.ts';
import { HOSTS, type Host } from './hosts.ts';
import { type Identity, identify, NOT_MODELS, type References, referencesOf } from './identify.ts';

export interface Offer {
  readonly host: Host;
  readonly upstream: string;
  readonly facts: Facts;
  readonly identity: Identity;
}

/** Told of every offer that is left out, and why. */
export type Leave = (host: Host, upstream: string, reason: string) => void;

/** OpenRouter's own ids, without moving `~author/x-latest` names and variants: what other hosts' names are compared with. */
function ownReferences(facts: FactsSource): References {
  const ids = Object.keys(facts['openrouter']?.models ?? {}).filter((id) => !id.startsWith('~') && !NOT_MODELS.has(id));
  return referencesOf(new Set(ids.map((id) => id.replace(/:.*$/, ''))));
}

export function collectOffers(facts: FactsSource, leave: Leave): Offer[] {
  const references = ownReferences(facts);
  const openWeights = openWeightIds(facts);
  const offers: Offer[] = [];
  /** Models that are not OpenRouter's, under the id that the first (first-party where there is one) host gave them. */
  const created = new Map<string, string>();
  for (const host of firstPartyFirst(HOSTS)) {
    for (const [upstream, each] of Object.entries(facts[host.modelsDev]?.models ?? {})) {
      const refusal = whyNot(host, upstream, each);
      if (refusal !== undefined) {
        leave(host, upstream, refusal);
        continue;
      }
      if (host.slug === 'openrouter') {
        offers.push({
          host,
          upstream,
          facts: each,
          identity: { id: upstream, variant: undefined, quantization: undefined },
        });
        continue;
      }
      const identified = identify(host, upstream, each, references);
      if (identified.kind === 'unsure') {
        leave(host, upstream, identified.reason);
        continue;
      }
      let { identity } = identified;
      if (identified.kind === 'new') {
        const key = identity.id.replace(/[^a-z0-9/]/g, '');
        identity = { ...identity, id: created.get(key) ?? identity.id };
        created.set(key, identity.id);
      }
      if (isLeaving(host, identity.id, each)) {
        leave(host, upstream, 'deprecated by the host');
        continue;
      }
      if (host.openWeightsOnly && !each.open_weights && !openWeights.has(identity.id)) {
        leave(host, upstream, 'closed model at a reseller');
        continue;
      }
      offers.push({ host, upstream, facts: each, identity: asFree(identity, each) });
    }
  }
  return offers;
}

/** First-party hosts name their models; OpenRouter comes last. */
function firstPartyFirst(hosts: readonly Host[]): readonly Host[] {
  const rank = (host: Host): number => (host.slug === 'openrouter' ? 2 : host.authors.length ? 0 : 1);
  return [...hosts].sort((a, b) => rank(a) - rank(b));
}

function openWeightIds(facts: FactsSource): ReadonlySet<string> {
  const rows = Object.entries(facts['openrouter']?.models ?? {});
  return new Set(rows.filter(([, each]) => each.open_weights).map(([id]) => id));
}

/** Chooses among models: its price is that of the model it chose. */
function isRouter(host: Host, upstream: string): boolean {
  return host.slug === 'openrouter' && upstream.startsWith('openrouter/');
}

/** Why an offer has no place in a catalogue of chat and embedding models; undefined where it has. */
function whyNot(host: Host, upstream: string, facts: Facts): string | undefined {
  if (upstream.startsWith('~')) return 'alias of another model';
  if (NOT_MODELS.has(upstream) && host.slug === 'openrouter') return 'not a model of its own';
  const id = upstream.toLowerCase();
  if (!facts.modalities.input.includes('text') || !facts.modalities.output.includes('text')) {
    return 'neither chat nor embeddings';
  }
  if (/lyria|rerank|realtime|-live-|tts|whisper|prompt-guard|-asr|image-\d|deep-research-(max-)?preview/.test(id)) {
    return 'neither chat nor embeddings';
  }
  if (!facts.limit.context) return 'no context length';
  if (!facts.cost && !isRouter(host, upstream)) return 'no price';
  return undefined;
}

/** A third party that announced the end serves it no more, or soon not; its author keeps it until the date. */
function isLeaving(host: Host, id: string, facts: Facts): boolean {
  return facts.status === 'deprecated' && !host.authors.includes(authorOf(id));
}

export function authorOf(id: string): string {
  return id.slice(0, id.indexOf('/'));
}

/**
 * Offers at price zero are the `:free` variant, as on OpenRouter: beside paid endpoints they would draw every request to
 * a trial with its own terms and limits.
 */
function asFree(identity: Identity, facts: Facts): Identity {
  const isFree = facts.cost !== undefined && facts.cost.input === 0 && facts.cost.output === 0;
  return isFree && !identity.id.includes(':') ? { ...identity, id: `${identity.id}:free` } : identity;
}
