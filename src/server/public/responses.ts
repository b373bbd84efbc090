/** POST /responses: OpenAI's responses grammar. Stateless: nothing is stored, so there is no other method and no other path. */
import { isJsonObject } from '../../core/json.ts';
import { betasOf } from '../../dialects/openai-chat/client-headers.ts';
import { openAiResponses } from '../../dialects/openai-responses/index.ts';
import { runChat } from '../../pipeline/run-chat.ts';
import { asInstructions, intoResponses } from '../../presets/into-responses.ts';
import { answerInference, type InferencePorts } from './inference.ts';
import { requestIdHeader } from './request-id.ts';

const { client } = openAiResponses;

export function postResponses(request: Request, ports: InferencePorts): Promise<Response> {
  const betas = betasOf(request.headers);
  return answerInference(request, ports, {
    kind: 'chat',
    takesPresets: true,
    placeSystemPrompt: asInstructions,
    // A preset's fields are chat's.
    parse: (body) => client.parseRequest(isJsonObject(body) ? intoResponses(body) : body),
    demandOf: client.demandOf,
    run: (base, wire, pipeline) => runChat({ ...base, kind: 'chat', dialect: openAiResponses, wire, betas }, pipeline),
    encodeError: client.encodeError,
    cached: { endpoint: 'responses', replay: client.replay, variesBy: betas },
    headers: requestIdHeader,
  });
}
