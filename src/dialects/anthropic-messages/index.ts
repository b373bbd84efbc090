/** Anthropic's Messages grammar: https://docs.claude.com/en/api/messages. */
import type { UpstreamDialect, UpstreamFace } from '../dialect.ts';
import { decodeError } from './errors.ts';
import { unsayable } from './request/media.ts';
import { encodeRequest } from './request.ts';
import { decodeResponse } from './response.ts';
import { openDecoder } from './stream-decoder.ts';

const upstream: UpstreamFace = { encodeRequest, decodeResponse, openDecoder, decodeError };

export const anthropicMessages = {
  id: 'anthropic-messages',
  upstream,
  /** No block holds sound or moving pictures; types of images and files that it lacks are told by `unsayable`. */
  cannotCarry: ['audio', 'video'],
  unsayable,
} as const satisfies UpstreamDialect;
