/** POST /chat/completions: HTTP on one side, an exchange on the other. */
import { betasOf } from '../../dialects/openai-chat/client-headers.ts';
import { openAiChat } from '../../dialects/openai-chat/index.ts';
import { runChat } from '../../pipeline/run-chat.ts';
import { answerInference, type InferencePorts } from './inference.ts';
import { requestIdHeader } from './request-id.ts';

const { client } = openAiChat;

export function postChatCompletions(request: Request, ports: InferencePorts): Promise<Response> {
  const betas = betasOf(request.headers);
  return answerInference(request, ports, {
    kind: 'chat',
    takesPresets: true,
    parse: client.parseRequest,
    demandOf: client.demandOf,
    run: (base, wire, pipeline) => runChat({ ...base, kind: 'chat', dialect: openAiChat, wire, betas }, pipeline),
    encodeError: client.encodeError,
    cached: { endpoint: 'chat/completions', replay: client.replay, variesBy: betas },
    headers: requestIdHeader,
  });
}
