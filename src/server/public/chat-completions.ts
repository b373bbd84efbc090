/** POST /chat/completions: HTTP on one side, an exchange on the other. */
import { betasOf } from '../../dialects/openai-chat/client-headers.ts';
import { openAiChat } from '../../dialects/openai-chat/index.ts';
import { runChat } from '../../pipeline/run-chat.ts';
import { answerInference, type InferencePorts } from './inference.ts';

const { client } = openAiChat;

export function postChatCompletions(request: Request, ports: InferencePorts): Promise<Response> {
  return answerInference(request, ports, {
    parse: client.parseRequest,
    demandOf: client.demandOf,
    run: (base, wire) => {
      const betas = betasOf(request.headers);
      return runChat({ ...base, kind: 'chat', dialect: openAiChat, wire, betas }, ports.pipeline);
    },
    encodeError: client.encodeError,
  });
}
