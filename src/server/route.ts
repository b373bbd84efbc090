/** A row of the route table: handlers are framework-free functions. */

/** Marks a path that stands at the address itself. */
export const ROOT = 'root:';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below /api/v1 unless it begins with ROOT. */
  readonly path: string;
  handle(request: Request, parameters: Readonly<Record<string, string>>): Promise<Response> | Response;
}
