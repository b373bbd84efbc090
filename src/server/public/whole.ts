/** POST /embeddings, /rerank and /moderations: one question, one whole answer. */
import type { WholeKind } from '../../core/exchange-kind.ts';
import { embeddingsClient } from '../../dialects/embeddings/index.ts';
import { moderationClient } from '../../dialects/moderation/index.ts';
import { openAiChat } from '../../dialects/openai-chat/index.ts';
import { rerankClient } from '../../dialects/rerank/index.ts';
import type { WholeClient, WholeRequest } from '../../dialects/whole.ts';
import { runWhole } from '../../pipeline/run-whole.ts';
import { answerInference, type InferencePorts, type InferenceRoute } from './inference.ts';
import { requestIdHeader } from './request-id.ts';

type Handler = (request: Request, ports: InferencePorts) => Promise<Response>;

export const postEmbeddings = handlerOf(embeddingsClient, 'embeddings');
export const postRerank = handlerOf(rerankClient, 'rerank');
export const postModerations = handlerOf(moderationClient, 'moderations');

/** @param endpoint tells it apart in the response cache */
function handlerOf<Kind extends WholeKind>(client: WholeClient<Kind>, endpoint: string): Handler {
  const route: InferenceRoute<WholeRequest<Kind>> = {
    kind: client.kind,
    // Presets are made of conversations.
    takesPresets: false,
    parse: client.parseRequest,
    demandOf: ({ demand }) => demand,
    run: (base, request, pipeline) => runWhole({ ...base, kind: client.kind, client, request }, pipeline),
    encodeError: openAiChat.client.encodeError,
    cached: { endpoint, replay: client.replay, variesBy: [] },
    headers: requestIdHeader,
  };
  return (request, ports) => answerInference(request, ports, route);
}
