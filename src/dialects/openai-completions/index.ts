/**
 * The legacy completions grammar (https://platform.openai.com/docs/api-reference/completions): a text goes in, what follows it
 * comes out. Hosts that speak it are relayed to; at others a prompt that is one text is what a user says.
 */
import { objectAt } from '../../core/json.ts';
import type { ClientDialect, ClientFace, RelayFace, UpstreamDialect, UpstreamFace } from '../dialect.ts';
import { excludesReasoning, withReasoning } from '../shared/gateway/asked-reasoning.ts';
import { encodeChatError } from '../shared/gateway/errors.ts';
import { unhonouredFields } from '../shared/gateway/unhonoured.ts';
import { decodeOpenAiError } from '../shared/openai/errors.ts';
import { replayEvents } from '../shared/replay-events.ts';
import { decodeCompletionRequest } from './client/decode.ts';
import { demandOf, openingOf, withoutParameters } from './client/demand.ts';
import { encodeCompletionResponse } from './client/encode.ts';
import { openCompletionEncoder } from './client/stream-encoder.ts';
import { soleText } from './prompt.ts';
import { openRelay } from './relay/relay.ts';
import { relayResponse } from './relay/relay-response.ts';
import { canRelay, retarget } from './relay/retarget.ts';
import { encodeCompletionRequest, unsayable } from './upstream/request.ts';
import { decodeCompletionResponse } from './upstream/response.ts';
import { openCompletionDecoder } from './upstream/stream-decoder.ts';
import { parseCompletionRequest, type WireCompletionRequest } from './wire-types.ts';

const client: ClientFace<WireCompletionRequest> = {
  parseRequest: parseCompletionRequest,
  demandOf,
  openingOf,
  withoutParameters,
  withUser: (wire, user) => ({ ...wire, user }),
  withReasoning,
  transformsOf: (wire) => wire.transforms,
  messagesOf(wire) {
    const text = soleText(wire);
    return text === undefined ? [] : [{ role: 'user', content: text }];
  },
  toolsOf: () => [],
  providerObjectOf: (wire) => objectAt(wire, 'provider'),
  decodeRequest: decodeCompletionRequest,
  encodeResponse: encodeCompletionResponse,
  openEncoder: openCompletionEncoder,
  unhonoured: unhonouredFields,
  excludesReasoning,
  encodeError: encodeChatError,
  replay: replayEvents,
};

const upstream: UpstreamFace = {
  encodeRequest: encodeCompletionRequest,
  decodeResponse: decodeCompletionResponse,
  openDecoder: openCompletionDecoder,
  decodeError: decodeOpenAiError,
};

const relay: RelayFace<WireCompletionRequest> = { retarget, canRelay, relayResponse, openRelay };

export const openAiCompletions = {
  id: 'openai-completions',
  cannotCarry: ['image', 'file', 'audio', 'video'],
  unsayable,
  client,
  upstream,
  relay,
} as const satisfies ClientDialect<WireCompletionRequest> & UpstreamDialect;
