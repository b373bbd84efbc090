/** The relay lane's whole reply: the host's own, patched. */
import type { ChatResponse } from '../../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import type { RelayContext, SettledUsage } from '../../dialect.ts';
import { decodeResponsesResponse } from '../upstream/response.ts';
import type { WireResponsesRequest } from '../wire-types.ts';
import { openCallNames } from './call-names.ts';
import { patchResponse, withSettled } from './patch.ts';

/** @throws GatewayError where the body is no finished response (see decodeResponsesResponse) */
export function relayResponse(
  body: Json,
  context: RelayContext<WireResponsesRequest>,
): { readonly response: ChatResponse; encode(settled: SettledUsage): JsonObject } {
  const raw = isJsonObject(body) ? body : {};
  const read = isJsonObject(body) ? openCallNames(context.wire).inResponse(body) : body;
  return {
    response: decodeResponsesResponse(read, context),
    encode: (settled) => withSettled(patchResponse(raw, context), raw, settled),
  };
}
