/** The relay lane's whole reply: the host's own value, under our id and the model's public name, with what was settled. */
import type { ChatResponse } from '../../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject, objectAt } from '../../../core/json.ts';
import { nanoUsdToNumber } from '../../../core/money.ts';
import type { Usage } from '../../../core/usage.ts';
import type { RelayContext, ReplyHead, SettledUsage } from '../../dialect.ts';
import { encodeResponse } from '../client/response.ts';
import { encodeUsage } from '../client/usage.ts';
import { decodeResponse } from '../response.ts';

/** @throws GatewayError where the body is no answer (see decodeResponse) */
export function relayResponse(
  body: Json,
  context: RelayContext,
): { readonly response: ChatResponse; encode(settled: SettledUsage): JsonObject } {
  const response = decodeResponse(body, context);
  return {
    response,
    encode(settled) {
      // A host that answers with the pieces of a stream has no whole value of its own.
      if (!isJsonObject(body)) return encodeResponse(response, context.head, settled);
      return settledFrame(body, objectAt(body, 'usageMetadata'), response.usage, context.head, settled);
    },
  };
}

/** The host's object without its usage, which is told once it is settled. */
export function ownFrame(frame: JsonObject, head: ReplyHead): JsonObject {
  const { usageMetadata: _, ...kept } = frame;
  return { ...kept, modelVersion: head.model, responseId: head.id };
}

/** The same with usage: the host's own counts where they could be billed, else those that were. @param raw the host's last */
export function settledFrame(
  frame: JsonObject,
  raw: JsonObject | undefined,
  billed: Usage | undefined,
  head: ReplyHead,
  settled: SettledUsage,
): JsonObject {
  const counts = raw && billed ? { ...raw, cost: nanoUsdToNumber(settled.costNanoUsd) } : encodeUsage(settled);
  const { usageMetadata: _, ...kept } = frame;
  return {
    ...kept,
    usageMetadata: counts,
    modelVersion: head.model,
    responseId: head.id,
    ...(settled.routerMetadata && { openrouterMetadata: settled.routerMetadata }),
  };
}
