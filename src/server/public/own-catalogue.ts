/** The catalogue's paths are those of several grammars: whose list is told is decided by whose client asks. */
import type { Route } from '../route.ts';

const CATALOGUE: ReadonlySet<string> = new Set(['/models', '/models/:id', '/models/:author/:slug']);

/** The list and a model's row in a grammar. */
export interface OwnCatalogue {
  /** Whether one of the grammar's own clients asks. */
  isOwnClient(headers: Headers): boolean;
  /** @param name of a model; undefined = the list */
  answer(request: Request, name: string | undefined): Response | Promise<Response>;
}

/** The catalogue's routes, answering in another grammar where one of its own clients asks. */
export function alsoFor({ isOwnClient, answer }: OwnCatalogue, routes: readonly Route[]): readonly Route[] {
  return routes.map((route) => {
    if (route.method !== 'GET' || !CATALOGUE.has(route.path)) return route;
    return {
      ...route,
      handle(request, parameters) {
        if (!isOwnClient(request.headers)) return route.handle(request, parameters);
        const { id, author, slug } = parameters;
        return answer(request, id ?? (author === undefined ? undefined : `${author}/${slug}`));
      },
    };
  });
}
