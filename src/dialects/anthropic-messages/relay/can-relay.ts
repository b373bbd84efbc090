/**
 * Whether a request can go to this host as the caller wrote it, with `retarget`'s changes. What the model can only be asked in
 * other words is read into the core and written anew: the translate lane. Nearly every request is relayed.
 */
import type { UpstreamContext } from '../../dialect.ts';
import { isServerTool } from '../../shared/gateway/server-tools.ts';
import type { WireMessagesRequest } from '../client/schema.ts';

export function canRelay({ host, traits }: UpstreamContext, wire: WireMessagesRequest): boolean {
  if (!host.quirks.gatewayFields && asksForServerTools(wire)) return false;
  const wantsSchema = wire.output_config?.format || wire.output_format;
  return traits.jsonSchema !== false || !wantsSchema;
}

function asksForServerTools({ tools, tool_choice: choice }: WireMessagesRequest): boolean {
  return tools?.some(({ type }) => isServerTool(type)) || isServerTool(choice?.type);
}
