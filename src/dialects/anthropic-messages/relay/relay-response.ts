/** The relay lane's whole reply: the host's own members by value, those that clients rely on as the newest version has them. */
import type { ChatResponse } from '../../../core/chat.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt } from '../../../core/json.ts';
import type { RelayContext, SettledUsage } from '../../dialect.ts';
import { openingOf } from '../client/stream-encoder.ts';
import { decodeResponse } from '../response.ts';
import { withBlockDefaults } from './block-defaults.ts';
import { finalUsage, stopMembers } from './final-members.ts';
import { foreignFormat, withSeal } from './foreign-thinking.ts';

/**
 * Decodes for metering, and writes the reply as it came with our members patched in.
 * @throws GatewayError where the body is no answer (see decodeResponse)
 */
export function relayResponse(
  body: Json,
  context: RelayContext,
): { readonly response: ChatResponse; encode(settled: SettledUsage): JsonObject } {
  const response = decodeResponse(body, context);
  return {
    response,
    encode: (settled) => encode(isJsonObject(body) ? body : {}, response, context, settled),
  };
}

function encode(body: JsonObject, response: ChatResponse, context: RelayContext, settled: SettledUsage): JsonObject {
  const { head } = context;
  const [choice] = response.choices;
  const format = foreignFormat(context);
  const content = (arrayAt(body, 'content') ?? []).filter(isJsonObject).map((block) => {
    const sealed = withSeal(withBlockDefaults(block), format);
    return head.excludeReasoning && sealed['type'] === 'thinking' ? { ...sealed, thinking: '' } : sealed;
  });
  const opening = openingOf(head, {});
  return {
    ...opening,
    ...body,
    id: opening['id'],
    type: opening['type'],
    role: opening['role'],
    model: head.model,
    provider: head.providerName,
    content,
    ...stopMembers(body, {
      finishReason: choice?.finishReason ?? null,
      nativeFinishReason: choice?.nativeFinishReason ?? null,
    }),
    usage: finalUsage(settled, objectAt(body, 'usage') ?? {}, response.serviceTier),
    ...(settled.routerMetadata && { openrouter_metadata: settled.routerMetadata }),
  };
}
