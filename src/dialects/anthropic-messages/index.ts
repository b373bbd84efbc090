/** Anthropic's Messages grammar: https://docs.claude.com/en/api/messages. */
import { objectAt } from '../../core/json.ts';
import type { ClientDialect, ClientFace, RelayFace, UpstreamDialect, UpstreamFace } from '../dialect.ts';
import { serverToolsOf } from '../shared/gateway/server-tools.ts';
import { unhonouredFields } from '../shared/gateway/unhonoured.ts';
import { decodeMessagesRequest } from './client/decode.ts';
import {
  demandOf,
  excludesReasoning,
  openingOf,
  toolsOf,
  withoutParameters,
  withReasoning,
  withUser,
} from './client/demand.ts';
import { encodeMessagesError } from './client/errors.ts';
import { parseMessagesRequest } from './client/parse.ts';
import { replayMessages } from './client/replay.ts';
import { encodeMessagesResponse } from './client/response.ts';
import type { WireMessagesRequest } from './client/schema.ts';
import { openMessagesEncoder } from './client/stream-encoder.ts';
import { decodeError } from './errors.ts';
import { canRelay } from './relay/can-relay.ts';
import { openRelay } from './relay/relay.ts';
import { relayResponse } from './relay/relay-response.ts';
import { retarget } from './relay/retarget.ts';
import { unsayable } from './request/media.ts';
import { encodeRequest } from './request.ts';
import { decodeResponse } from './response.ts';
import { openDecoder } from './stream-decoder.ts';

const client: ClientFace<WireMessagesRequest> = {
  parseRequest: parseMessagesRequest,
  demandOf,
  openingOf,
  withoutParameters,
  withUser,
  withReasoning,
  transformsOf: (wire) => wire['transforms'],
  messagesOf: (wire) => wire.messages,
  toolsOf,
  serverToolsOf,
  providerObjectOf: (wire) => objectAt(wire, 'provider'),
  decodeRequest: decodeMessagesRequest,
  encodeResponse: encodeMessagesResponse,
  openEncoder: openMessagesEncoder,
  unhonoured: unhonouredFields,
  excludesReasoning,
  encodeError: encodeMessagesError,
  replay: replayMessages,
};

const upstream: UpstreamFace = { encodeRequest, decodeResponse, openDecoder, decodeError };

const relay: RelayFace<WireMessagesRequest> = { retarget, canRelay, relayResponse, openRelay };

export const anthropicMessages = {
  id: 'anthropic-messages',
  client,
  upstream,
  relay,
  /** No block holds sound or moving pictures; types of images and files that it lacks are told by `unsayable`. */
  cannotCarry: ['audio', 'video'],
  unsayable,
} as const satisfies ClientDialect<WireMessagesRequest> & UpstreamDialect;
