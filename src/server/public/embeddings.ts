/** POST /embeddings. */
import { demandOfEmbeddings } from '../../dialects/embeddings/demand.ts';
import { replayEmbeddings } from '../../dialects/embeddings/replay.ts';
import { parseEmbeddingsRequest } from '../../dialects/embeddings/wire-types.ts';
import { openAiChat } from '../../dialects/openai-chat/index.ts';
import { runEmbeddings } from '../../pipeline/run-embeddings.ts';
import { answerInference, type InferencePorts } from './inference.ts';

const CACHED = { endpoint: 'embeddings', replay: replayEmbeddings, variesBy: [] } as const;

export function postEmbeddings(request: Request, ports: InferencePorts): Promise<Response> {
  return answerInference(request, ports, {
    kind: 'embeddings',
    takesPresets: false,
    parse: parseEmbeddingsRequest,
    demandOf: demandOfEmbeddings,
    run: (base, body, pipeline) => runEmbeddings({ ...base, kind: 'embeddings', body }, pipeline),
    encodeError: openAiChat.client.encodeError,
    cached: CACHED,
  });
}
