/** Which endpoints of a model may serve a request: all filters, one after the other. */
import type { ModelGroup, RouteQuestion } from './candidate.ts';
import { type Check, type Exclusion, exclusionOf, type Filter, type FilterScope } from './filter.ts';
import { contextLength, grammar, halfContext, modality, outputLength } from './filters/capability.ts';
import { distillable, retention, training } from './filters/data-policy.ts';
import { preferParameters, requireParameters } from './filters/parameters.ts';
import { priceCap } from './filters/price-cap.ts';
import { ignore, only, orderOnly } from './filters/provider-lists.ts';
import { quantization } from './filters/quantization.ts';
import { flexOnly, tierAdmission } from './filters/service-tier.ts';
import { type Offer, offersOf } from './offers.ts';

/** In this order. Hard ones first: a soft one chooses among those that may serve, never in favour of one that may not. */
export const FILTERS: readonly Filter[] = [
  tierAdmission,
  only,
  ignore,
  orderOnly,
  training,
  retention,
  distillable,
  quantization,
  priceCap,
  modality,
  grammar,
  contextLength,
  requireParameters,
  flexOnly,
  halfContext,
  outputLength,
  preferParameters,
];

/** The endpoints of a model that may serve; what keeps the others out is added to `excluded`. */
export function allowedOffers(group: ModelGroup, question: RouteQuestion, excluded: Exclusion[]): readonly Offer[] {
  const model = offersOf(group.candidates);
  const scope = { question, group, model, left: model.offers };
  for (const filter of FILTERS) {
    if (scope.left.length === 0) break;
    const check = filter.checkFor(scope);
    if (check) scope.left = passing(scope, filter.kind, check, excluded);
  }
  return scope.left;
}

function passing({ left }: FilterScope, kind: Filter['kind'], check: Check, excluded: Exclusion[]): readonly Offer[] {
  // Undefined while nobody is objected to: the usual case allocates nothing.
  let passed: Offer[] | undefined;
  const objected: Exclusion[] = [];
  left.forEach((offer, at) => {
    const objection = check(offer);
    if (!objection) passed?.push(offer);
    else {
      passed ??= left.slice(0, at);
      objected.push(exclusionOf(offer.candidate, objection));
    }
  });
  if (!passed || (kind === 'soft' && passed.length === 0)) return left;
  excluded.push(...objected);
  return passed;
}
