/** Cohere's chat grammar, version 2 (https://docs.cohere.com/reference/chat): upstream face only. */
import type { UpstreamDialect, UpstreamFace } from '../dialect.ts';
import { decodeError } from './errors.ts';
import { unsayable } from './request/parts.ts';
import { encodeRequest } from './request.ts';
import { decodeResponse } from './response.ts';
import { openDecoder } from './stream-decoder.ts';

const upstream: UpstreamFace = { encodeRequest, decodeResponse, openDecoder, decodeError };

export const cohere = {
  id: 'cohere',
  upstream,
  cannotCarry: ['audio', 'video'],
  unsayable,
} as const satisfies UpstreamDialect;
