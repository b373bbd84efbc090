/** The client face of OpenAI's responses grammar with OpenRouter's additions (https://openrouter.ai/docs/api/reference/responses). */
import { objectAt } from '../../../core/json.ts';
import type { ClientFace } from '../../dialect.ts';
import { serverToolsOf } from '../../shared/gateway/server-tools.ts';
import { unhonouredFields } from '../../shared/gateway/unhonoured.ts';
import { encodeResponsesError } from '../shared/response-failure.ts';
import type { WireResponsesRequest } from '../wire-types.ts';
import { decodeResponsesRequest } from './decode.ts';
import {
  demandOf,
  excludesReasoning,
  messagesOf,
  openingOf,
  toolsOf,
  withoutParameters,
  withReasoning,
  withUser,
} from './demand.ts';
import { parseResponsesRequest } from './parse.ts';
import { replayResponses } from './replay.ts';
import { encodeResponse } from './response.ts';
import { openResponsesEncoder } from './stream-encoder.ts';

export const responsesClient: ClientFace<WireResponsesRequest> = {
  parseRequest: parseResponsesRequest,
  demandOf,
  openingOf,
  withoutParameters,
  withUser,
  withReasoning,
  transformsOf: (wire) => wire['transforms'],
  messagesOf,
  toolsOf,
  serverToolsOf,
  providerObjectOf: (wire) => objectAt(wire, 'provider'),
  decodeRequest: decodeResponsesRequest,
  encodeResponse,
  openEncoder: openResponsesEncoder,
  unhonoured: unhonouredFields,
  excludesReasoning,
  encodeError: encodeResponsesError,
  replay: replayResponses,
};
