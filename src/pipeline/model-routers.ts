/** Models that choose another model. */
import type { RoutingStrategy } from './requested-models.ts';
import type { RouteInput, RoutePorts } from './route.ts';

export interface ChosenByRouter {
  readonly strategy: RoutingStrategy;
  readonly router: string;
  readonly models: readonly string[];
  readonly reasons: readonly string[];
}

export function isRouter(_model: string): boolean {
  return false;
}

export function chosenByRouter(model: string, _input: RouteInput, _ports: RoutePorts): ChosenByRouter {
  throw new RangeError(`${model} is no router`);
}
