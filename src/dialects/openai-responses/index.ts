/** OpenAI's Responses grammar: https://platform.openai.com/docs/api-reference/responses. */
import type { ClientDialect, UpstreamDialect, UpstreamFace } from '../dialect.ts';
import { decodeOpenAiError } from '../shared/openai/errors.ts';
import { responsesClient } from './client/index.ts';
import { responsesRelay } from './relay/index.ts';
import { unsayable } from './upstream/parts.ts';
import { encodeResponsesRequest } from './upstream/request.ts';
import { decodeResponsesResponse } from './upstream/response.ts';
import { openResponsesDecoder } from './upstream/stream-decoder.ts';
import type { WireResponsesRequest } from './wire-types.ts';

const upstream: UpstreamFace = {
  encodeRequest: encodeResponsesRequest,
  decodeResponse: decodeResponsesResponse,
  openDecoder: openResponsesDecoder,
  decodeError: decodeOpenAiError,
};

export const openAiResponses = {
  id: 'openai-responses',
  cannotCarry: ['video'],
  unsayable,
  takesCustomTools: ({ quirks }) => quirks.ownerTools === true || quirks.gatewayFields !== undefined,
  client: responsesClient,
  upstream,
  relay: responsesRelay,
} as const satisfies ClientDialect<WireResponsesRequest> & UpstreamDialect;
