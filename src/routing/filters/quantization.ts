import type { Filter } from '../filter.ts';
import { listed } from '../listed.ts';

/** Names that cover their block formats (OpenRouter's API). */
const COVERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['fp4', ['mxfp4', 'nvfp4']],
  ['fp8', ['mxfp8']],
]);

/** `provider.quantizations`: every list must name the endpoint's; one that nobody said is `unknown`. */
export const quantization: Filter = {
  id: 'quantization',
  kind: 'hard',
  asksPreferences: true,
  checkFor({ question: { preferences, demand } }) {
    if (preferences.quantizations.length === 0) return null;
    return ({ candidate }) => {
      const has = candidate.endpoint.quantization ?? 'unknown';
      const names = (list: readonly string[]) => list.some((name) => name === has || COVERS.get(name)?.includes(has));
      // A gateway behind this one is sent the request's own list.
      const { enforcesPolicy } = candidate.provider;
      const isTold = (list: readonly string[]) => enforcesPolicy && list === demand.preferences.quantizations;
      const against = preferences.quantizations.find((list) => !names(list) && !isTold(list));
      return (
        against && {
          excludedBy: 'quantization',
          because: `it is served at ${has} and ${listed(against)} is asked for`,
          field: 'provider.quantizations',
        }
      );
    };
  },
};
