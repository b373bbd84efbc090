import type { Filter } from '../filter.ts';

/** Names that cover their block formats (OpenRouter's API). */
const COVERS: Readonly<Record<string, readonly string[]>> = {
  fp4: ['mxfp4', 'nvfp4'],
  fp8: ['mxfp8'],
};

/** `provider.quantizations`: every list must name the endpoint's; one that nobody said is `unknown`. */
export const quantization: Filter = {
  id: 'quantization',
  kind: 'hard',
  applies: ({ preferences }) => preferences.quantizations.length > 0,
  against({ candidate }, { preferences }) {
    const has = candidate.endpoint.quantization ?? 'unknown';
    const names = (list: readonly string[]) => list.some((name) => name === has || COVERS[name]?.includes(has));
    const against = preferences.quantizations.find((list) => !names(list));
    return (
      against && {
        excludedBy: 'quantization',
        because: `it is served at ${has} and ${against.join(', ')} is asked for`,
        field: 'provider.quantizations',
      }
    );
  },
};
