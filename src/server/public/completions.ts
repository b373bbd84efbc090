/** POST /completions: the legacy grammar, a text and what follows it. */
import { invalidRequest } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { openAiCompletions } from '../../dialects/openai-completions/index.ts';
import { runChat } from '../../pipeline/run-chat.ts';
import { answerInference, type InferencePorts } from './inference.ts';
import { requestIdHeader } from './request-id.ts';

const { client } = openAiCompletions;
const CACHED = { endpoint: 'completions', replay: client.replay, variesBy: [] } as const;

export function postCompletions(request: Request, ports: InferencePorts): Promise<Response> {
  return answerInference(request, ports, {
    kind: 'chat',
    takesPresets: true,
    placeSystemPrompt: beforePrompt,
    parse: client.parseRequest,
    demandOf: client.demandOf,
    run: (base, wire, pipeline) =>
      runChat({ ...base, kind: 'chat', dialect: openAiCompletions, wire, betas: [] }, pipeline),
    encodeError: client.encodeError,
    cached: CACHED,
    headers: requestIdHeader,
  });
}

/** A text has no other place for a preset's instructions than its beginning. */
function beforePrompt(body: JsonObject, systemPrompt: string): JsonObject {
  const { prompt } = body;
  if (typeof prompt === 'string') return { ...body, prompt: `${systemPrompt}\n\n${prompt}` };
  throw invalidRequest('prompt', "the preset's system prompt can be put before one text only; send prompt as a string");
}
