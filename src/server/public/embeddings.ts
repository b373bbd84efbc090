/** POST /embeddings. */
import { demandOfEmbeddings } from '../../dialects/embeddings/demand.ts';
import { parseEmbeddingsRequest } from '../../dialects/embeddings/wire-types.ts';
import { openAiChat } from '../../dialects/openai-chat/index.ts';
import { runEmbeddings } from '../../pipeline/run-embeddings.ts';
import { answerInference, type InferencePorts } from './inference.ts';

export function postEmbeddings(request: Request, ports: InferencePorts): Promise<Response> {
  return answerInference(request, ports, {
    parse: parseEmbeddingsRequest,
    demandOf: demandOfEmbeddings,
    run: (base, body) => runEmbeddings({ ...base, kind: 'embeddings', body }, ports.pipeline),
    encodeError: openAiChat.client.encodeError,
  });
}
