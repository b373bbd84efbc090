import type { SortBy } from '../../core/preferences.ts';
import type { Entry } from '../candidate.ts';
import { scoreQuality } from './quality.ts';

/** Sets the figure that a sort compares. What nobody measured comes after what was; among equals the cheapest is first. */
export function setFigures(entries: readonly Entry[], sort: SortBy): void {
  if (sort === 'exacto') scoreQuality(entries);
  for (const entry of entries) entry.figure = figureOf(entry, sort);
}

/** Not infinite: two of them must compare as equal. */
const UNMEASURED = Number.MAX_VALUE;

function figureOf({ health, quality }: Entry, sort: SortBy): number {
  switch (sort) {
    case 'price':
      return 0;
    case 'throughput':
      return health.throughput ? -health.throughput.p50 : UNMEASURED;
    case 'latency':
      return health.latency ? health.latency.p50 : UNMEASURED;
    case 'exacto':
      return -quality;
  }
}
