/**
 * What one writes before there is a router: a list, tried from its beginning or in turn. All keep what a caller insists on (`order`,
 * `max_price`, the models he named), fall back to the next endpoint on every error, and learn nothing from it.
 */
import type { SimEndpoint } from './hosts.ts';
import type { SimRequest } from './requests.ts';
import type { Router, Strategy } from './strategy.ts';

export const NAIVE: readonly Strategy[] = [
  { name: 'fixed order', start: ({ endpoints }) => createNaive(() => endpoints) },
  { name: 'round robin', start: ({ endpoints }) => createNaive(inTurn(endpoints)) },
  { name: 'cheapest first', start: ({ endpoints }) => createNaive(() => endpoints.toSorted(byPrice)) },
];

function inTurn(endpoints: readonly SimEndpoint[]): () => readonly SimEndpoint[] {
  let next = 0;
  return () => {
    const first = next++ % endpoints.length;
    return [...endpoints.slice(first), ...endpoints.slice(0, first)];
  };
}

function byPrice(a: SimEndpoint, b: SimEndpoint): number {
  return a.facts.prompt - b.facts.prompt || a.facts.completion - b.facts.completion;
}

/** @param nextOrder of all endpoints, for the next request */
function createNaive(nextOrder: () => readonly SimEndpoint[]): Router {
  return {
    plan: (request) => allowed(nextOrder(), request),
    keysOf: ({ credentialIds }) => credentialIds.map((_, key) => key),
    mayTry: () => true,
    began: learnNothing,
    failed: learnNothing,
    opened: learnNothing,
    broke: learnNothing,
    finished: learnNothing,
    remember: learnNothing,
  };
}

function learnNothing(): void {}

/** Model by model as the caller named them; within a model what he ordered first; nothing above his caps. */
function allowed(order: readonly SimEndpoint[], { demand }: SimRequest): readonly SimEndpoint[] {
  const { maxPrice = {}, order: wanted = [] } = demand.preferences;
  const plan: SimEndpoint[] = [];
  for (const modelId of demand.models) {
    const own = order.filter(
      ({ endpoint }) =>
        endpoint.modelId === modelId &&
        isWithin(endpoint.pricing.prompt, maxPrice.prompt) &&
        isWithin(endpoint.pricing.completion, maxPrice.completion),
    );
    const place = ({ facts }: SimEndpoint): number => {
      const at = wanted.indexOf(facts.name);
      return at < 0 ? wanted.length : at;
    };
    plan.push(...(wanted.length === 0 ? own : own.toSorted((a, b) => place(a) - place(b))));
  }
  return plan;
}

function isWithin(price: bigint, cap: bigint | undefined): boolean {
  return cap === undefined || price <= cap;
}
