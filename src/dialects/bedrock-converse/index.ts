/** AWS's Converse grammar: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html. */
import type { UpstreamDialect, UpstreamFace } from '../dialect.ts';
import { decodeError } from './errors.ts';
import { unsayable } from './request/media.ts';
import { encodeRequest } from './request.ts';
import { decodeResponse } from './response.ts';
import { openDecoder } from './stream-decoder.ts';

const upstream: UpstreamFace = { encodeRequest, decodeResponse, openDecoder, decodeError };

export const bedrockConverse = {
  id: 'bedrock-converse',
  upstream,
  framing: 'aws-event-stream',
  /** It has a block for each kind; what it lacks of them is told by `unsayable`. */
  cannotCarry: [],
  unsayable,
} as const satisfies UpstreamDialect;
