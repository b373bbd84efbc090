/**
 * Whether a request can go to this host as the caller wrote it, with `retarget`'s changes. What the model can only be asked in
 * other words is read into the core and written anew: the translate lane. Nearly every request is relayed.
 */
import type { UpstreamContext } from '../../dialect.ts';
import type { WireMessagesRequest } from '../client/schema.ts';

export function canRelay({ host, traits }: UpstreamContext, wire: WireMessagesRequest): boolean {
  if (!host.quirks.gatewayFields && (wire.tools?.some(isOurs) || isOurs(wire.tool_choice))) return false;
  const wantsSchema = wire.output_config?.format || wire.output_format;
  return traits.jsonSchema !== false || !wantsSchema;
}

/** `openrouter:` tools are no host's. */
function isOurs(tool: { readonly type?: string | null | undefined } | null | undefined): boolean {
  return tool?.type?.startsWith('openrouter:') === true;
}
