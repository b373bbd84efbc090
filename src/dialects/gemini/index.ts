/** Google's `generateContent` grammar, spoken by the Gemini API and Vertex AI, and by their clients to us. */
import { objectAt } from '../../core/json.ts';
import type { ClientDialect, ClientFace, RelayFace, UpstreamDialect, UpstreamFace } from '../dialect.ts';
import { serverToolsOf } from '../shared/gateway/server-tools.ts';
import { unhonouredFields } from '../shared/gateway/unhonoured.ts';
import { decodeRequest } from './client/decode.ts';
import {
  demandOf,
  excludesReasoning,
  messagesOf,
  openingOf,
  toolsOf,
  withoutParameters,
  withReasoning,
} from './client/demand.ts';
import { encodeError } from './client/errors.ts';
import { parseGeminiRequest } from './client/parse.ts';
import { replayGemini } from './client/replay.ts';
import { encodeResponse } from './client/response.ts';
import { openEncoder } from './client/stream-encoder.ts';
import type { WireGeminiRequest } from './client/wire-request.ts';
import { decodeError } from './errors.ts';
import { canRelay } from './relay/can-relay.ts';
import { relayResponse } from './relay/relay-response.ts';
import { openRelay } from './relay/relay-stream.ts';
import { retarget } from './relay/retarget.ts';
import { encodeRequest, unsayable } from './request.ts';
import { decodeResponse } from './response.ts';
import { openDecoder } from './stream-decoder.ts';

const client: ClientFace<WireGeminiRequest> = {
  parseRequest: parseGeminiRequest,
  demandOf,
  openingOf,
  withoutParameters,
  withUser: (wire, user) => ({ ...wire, user }),
  withReasoning,
  transformsOf: (wire) => wire['transforms'],
  messagesOf,
  toolsOf,
  serverToolsOf,
  providerObjectOf: (wire) => objectAt(wire, 'provider'),
  decodeRequest,
  encodeResponse,
  openEncoder,
  unhonoured: unhonouredFields,
  excludesReasoning,
  encodeError,
  replay: replayGemini,
};

const upstream: UpstreamFace = { encodeRequest, decodeResponse, openDecoder, decodeError };

const relay: RelayFace<WireGeminiRequest> = { retarget, canRelay, relayResponse, openRelay };

export const gemini = {
  id: 'gemini',
  client,
  upstream,
  relay,
  cannotCarry: [],
  unsayable,
} as const satisfies ClientDialect<WireGeminiRequest> & UpstreamDialect;
