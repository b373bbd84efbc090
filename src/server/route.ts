/** A row of the route table: handlers are framework-free functions. */

/** Marks a path that stands at the address itself. */
export const ROOT = 'root:';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below /api/v1 unless it begins with ROOT. */
  readonly path: string;
  /**
   * For paths that the router's patterns cannot say: the parameters of a path that is this route's, else null. `path` then
   * only describes it.
   */
  match?(path: string): Readonly<Record<string, string>> | null;
  handle(request: Request, parameters: Readonly<Record<string, string>>): Promise<Response> | Response;
}
