import type { SortBy } from '../../core/preferences.ts';
import type { Entry } from '../candidate.ts';

/** Smaller comes first; what nobody measured comes after what was, the cheapest first. */
export function compareBy(sort: SortBy): (a: Entry, b: Entry) => number {
  switch (sort) {
    case 'price':
      return byCost;
    case 'throughput':
      return (a, b) => speed(b) - speed(a) || byCost(a, b);
    case 'latency':
      return (a, b) => delay(a) - delay(b) || byCost(a, b);
    case 'exacto':
      return (a, b) => b.quality - a.quality || byCost(a, b);
  }
}

export function byCost(a: Entry, b: Entry): number {
  return a.costPico - b.costPico;
}

function speed({ health }: Entry): number {
  return health.throughput?.p50 ?? -1;
}

/** Not infinite: two of them must compare as equal. */
const UNMEASURED_DELAY = Number.MAX_VALUE;

function delay({ health }: Entry): number {
  return health.latency?.p50 ?? UNMEASURED_DELAY;
}
