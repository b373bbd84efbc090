/** Google's `generateContent` grammar, spoken by the Gemini API and Vertex AI: upstream face only. */
import type { UpstreamDialect, UpstreamFace } from '../dialect.ts';
import { decodeError } from './errors.ts';
import { encodeRequest, unsayable } from './request.ts';
import { decodeResponse } from './response.ts';
import { openDecoder } from './stream-decoder.ts';

const upstream: UpstreamFace = { encodeRequest, decodeResponse, openDecoder, decodeError };

export const gemini = {
  id: 'gemini',
  upstream,
  cannotCarry: [],
  unsayable,
} as const satisfies UpstreamDialect;
