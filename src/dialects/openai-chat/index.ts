/**
 * OpenAI's chat grammar (https://platform.openai.com/docs/api-reference/chat), spoken by most hosts; with OpenRouter's
 * additions it is the main client grammar too.
 */
import { objectAt } from '../../core/json.ts';
import type { ClientDialect, ClientFace, RelayFace, UpstreamDialect, UpstreamFace } from '../dialect.ts';
import { excludesReasoning, withReasoning } from '../shared/gateway/asked-reasoning.ts';
import { encodeChatError } from '../shared/gateway/errors.ts';
import { serverToolsOf } from '../shared/gateway/server-tools.ts';
import { unhonouredFields } from '../shared/gateway/unhonoured.ts';
import { decodeOpenAiError } from '../shared/openai/errors.ts';
import { replayEvents } from '../shared/replay-events.ts';
import { canRelay } from './can-relay.ts';
import { decodeChatRequest } from './client-decode.ts';
import { parseChatRequest } from './client-request.ts';
import { encodeChatResponse } from './client-response.ts';
import { demandOf, openingOf, toolsOf, withoutParameters } from './demand.ts';
import { openRelay } from './relay.ts';
import { relayResponse } from './relay-response.ts';
import { decodeChatResponse } from './response.ts';
import { retarget } from './retarget.ts';
import { openChatDecoder } from './stream-decoder.ts';
import { openChatEncoder } from './stream-encoder.ts';
import { encodeChatRequest } from './upstream-request.ts';
import type { WireChatRequest } from './wire-types.ts';

const client: ClientFace<WireChatRequest> = {
  parseRequest: parseChatRequest,
  demandOf,
  openingOf,
  withoutParameters,
  withUser: (wire, user) => ({ ...wire, user }),
  withReasoning,
  transformsOf: (wire) => wire['transforms'],
  messagesOf: (wire) => wire.messages,
  toolsOf,
  serverToolsOf,
  providerObjectOf: (wire) => objectAt(wire, 'provider'),
  decodeRequest: decodeChatRequest,
  encodeResponse: encodeChatResponse,
  openEncoder: openChatEncoder,
  unhonoured: unhonouredFields,
  excludesReasoning,
  encodeError: encodeChatError,
  replay: replayEvents,
};

const upstream: UpstreamFace = {
  encodeRequest: encodeChatRequest,
  decodeResponse: decodeChatResponse,
  openDecoder: openChatDecoder,
  decodeError: decodeOpenAiError,
};

const relay: RelayFace<WireChatRequest> = {
  retarget,
  canRelay,
  relayResponse,
  openRelay,
};

/** Every content kind has a part of its own; what a host cannot take, the catalogue's modalities say. */
export const openAiChat = {
  id: 'openai-chat',
  cannotCarry: [],
  unsayable: () => [],
  client,
  upstream,
  relay,
} as const satisfies ClientDialect<WireChatRequest> & UpstreamDialect;
