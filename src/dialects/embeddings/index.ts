/** Embeddings: how callers ask for them, and the grammars in which hosts are asked. */
import { restampText } from '../shared/replay.ts';
import type { WholeClient, WholeDialect } from '../whole.ts';
import { parseEmbeddingsRequest } from './client.ts';
import { encodeEmbeddingsResponse } from './client-response.ts';
import { cohereEmbeddings } from './cohere.ts';
import { geminiEmbeddings } from './gemini.ts';
import { ollamaEmbeddings } from './ollama.ts';
import { openAiEmbeddings } from './openai.ts';
import { vertexEmbeddings } from './vertex.ts';

export const embeddingsClient: WholeClient<'embeddings'> = {
  kind: 'embeddings',
  parseRequest: parseEmbeddingsRequest,
  encodeResponse: encodeEmbeddingsResponse,
  replay: { whole: restampText },
};

export const embeddingsDialects: readonly WholeDialect<'embeddings'>[] = [
  openAiEmbeddings,
  geminiEmbeddings,
  vertexEmbeddings,
  cohereEmbeddings,
  ollamaEmbeddings,
];
