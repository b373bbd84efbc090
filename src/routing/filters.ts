/** Which endpoints of a model may serve a request: all filters, one after the other. */
import type { ModelGroup, RouteQuestion } from './candidate.ts';
import { type Check, type Exclusion, exclusionOf, type Filter, type FilterScope } from './filter.ts';
import { contextLength, grammar, halfContext, modality, outputLength } from './filters/capability.ts';
import { distillable, retention, training } from './filters/data-policy.ts';
import { kind } from './filters/kind.ts';
import { preferParameters, requireParameters } from './filters/parameters.ts';
import { priceCap } from './filters/price-cap.ts';
import { ignore, only, orderOnly } from './filters/provider-lists.ts';
import { quantization } from './filters/quantization.ts';
import { flexOnly, tierAdmission } from './filters/service-tier.ts';
import { type Offer, offersOf } from './offers.ts';
import { NO_EFFECTIVE_PREFERENCES } from './preferences.ts';

/** In this order. Hard ones first: a soft one chooses among those that may serve, never in favour of one that may not. */
export const FILTERS: readonly Filter[] = [
  kind,
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

/** Those of a request that says nothing about providers, and nobody else does. */
const FILTERS_WITHOUT_PREFERENCES = FILTERS.filter(({ asksPreferences }) => !asksPreferences);

/** The endpoints of a model that may serve; what keeps the others out is added to `excluded`. */
export function allowedOffers(group: ModelGroup, question: RouteQuestion, excluded: Exclusion[]): readonly Offer[] {
  const model = offersOf(group.candidates);
  const scope = { question, group, model, left: model.offers };
  const filters = question.preferences === NO_EFFECTIVE_PREFERENCES ? FILTERS_WITHOUT_PREFERENCES : FILTERS;
  for (const filter of filters) {
    if (scope.left.length === 0) break;
    const check = filter.checkFor(scope);
    if (check) scope.left = passing(scope, filter.kind, check, excluded);
  }
  return scope.left;
}

function passing({ left }: FilterScope, kind: Filter['kind'], check: Check, excluded: Exclusion[]): readonly Offer[] {
  // Undefined while nobody is objected to: the usual case allocates nothing.
  let passed: Offer[] | undefined;
  let objected: Exclusion[] | undefined;
  for (let at = 0; at < left.length; at++) {
    const offer = left[at];
    if (!offer) continue;
    const objection = check(offer);
    if (!objection) passed?.push(offer);
    else {
      passed ??= left.slice(0, at);
      objected ??= [];
      objected.push(exclusionOf(offer.candidate, objection));
    }
  }
  if (!passed || !objected || (kind === 'soft' && passed.length === 0)) return left;
  excluded.push(...objected);
  return passed;
}
