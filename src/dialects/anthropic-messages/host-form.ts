/** Where a host has the model, the version and the verb: in the body, the header and the path, or all three elsewhere. */
import type { UpstreamRequest } from '../dialect.ts';
import type { HostQuirks } from '../host.ts';

/**
 * The request as this host takes it; for a host that has everything where the grammar's owner has it, as it was.
 * @param request to `/messages`
 */
export function inHostForm(request: UpstreamRequest, { modelInPath }: HostQuirks): UpstreamRequest {
  if (!modelInPath) return request;
  const { model, ...body } = request.body;
  const { 'anthropic-version': _, ...headers } = request.headers;
  // `@` before a version is how the host spells it; a slash stays escaped, so that a name cannot walk to another path.
  const name = encodeURIComponent(typeof model === 'string' ? model : '').replaceAll('%40', '@');
  const verb = body['stream'] === true ? modelInPath.stream : modelInPath.whole;
  return { path: `/models/${name}:${verb}`, headers, body: { ...body, anthropic_version: modelInPath.version } };
}
