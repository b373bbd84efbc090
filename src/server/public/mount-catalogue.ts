import type { Route } from '../app.ts';
import type { ApiPorts } from '../routes.ts';

export function mountCatalogue(_ports: ApiPorts): readonly Route[] {
  return [];
}
