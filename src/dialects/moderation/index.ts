/** Moderation: how callers ask for it, and the grammars in which hosts are asked. */
import { restampText } from '../shared/replay.ts';
import type { WholeClient, WholeDialect } from '../whole.ts';
import { encodeModerationResponse, parseModerationRequest } from './client.ts';
import { mistralModeration, openAiModeration } from './hosts.ts';

export const moderationClient: WholeClient<'moderation'> = {
  kind: 'moderation',
  parseRequest: parseModerationRequest,
  encodeResponse: encodeModerationResponse,
  replay: { whole: restampText },
};

export const moderationDialects: readonly WholeDialect<'moderation'>[] = [openAiModeration, mistralModeration];
