/** Ollama's native chat grammar (https://docs.ollama.com/api/chat): upstream face only. */
import type { UpstreamDialect, UpstreamFace } from '../dialect.ts';
import { decodeOpenAiError } from '../shared/openai/errors.ts';
import { unsayable } from './request/messages.ts';
import { encodeRequest } from './request.ts';
import { decodeResponse } from './response.ts';
import { openDecoder } from './stream-decoder.ts';

const upstream: UpstreamFace = { encodeRequest, decodeResponse, openDecoder, decodeError: decodeOpenAiError };

export const ollama = {
  id: 'ollama',
  upstream,
  framing: 'ndjson',
  cannotCarry: ['audio', 'video'],
  unsayable,
} as const satisfies UpstreamDialect;
