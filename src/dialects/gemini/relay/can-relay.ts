/**
 * Whether a request can go to this host as the caller wrote it: nearly always. What a model cannot be asked for in these words is
 * read into the core and written as it takes it: the translate lane.
 */
import type { UpstreamContext } from '../../dialect.ts';
import { callingMode } from '../client/enums.ts';
import { isOurs } from '../client/tools.ts';
import type { WireGeminiRequest } from '../client/wire-request.ts';

export function canRelay({ traits, host }: UpstreamContext, wire: WireGeminiRequest): boolean {
  if (wire.tools?.some(isOurs)) return false;
  if (host.quirks.rejects?.includes('functionCall.id')) return false;
  const isForced = callingMode(wire.toolConfig?.functionCallingConfig?.mode) === 'ANY';
  if (traits.forcedToolUse === false && isForced) return false;
  const { responseSchema, responseJsonSchema } = wire.generationConfig ?? {};
  if (traits.jsonSchema === false && (responseSchema || responseJsonSchema)) return false;
  return traits.prefill !== false || wire.contents.at(-1)?.role !== 'model';
}
