/** Rerank: how callers ask for it, and the grammars in which hosts are asked. */
import { restampText } from '../shared/replay.ts';
import type { WholeClient, WholeDialect } from '../whole.ts';
import { encodeRerankResponse, parseRerankRequest } from './client.ts';
import { cohereRerank, jinaRerank } from './hosts.ts';

export const rerankClient: WholeClient<'rerank'> = {
  kind: 'rerank',
  parseRequest: parseRerankRequest,
  encodeResponse: encodeRerankResponse,
  replay: { whole: restampText },
};

export const rerankDialects: readonly WholeDialect<'rerank'>[] = [cohereRerank, jinaRerank];
