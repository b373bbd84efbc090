/**
 * The simulated host as Ollama's own API (https://docs.ollama.com/api/chat): one JSON object a line, arguments as objects, calls
 * without ids, counts on the last line.
 */
import type { Json, JsonObject } from '../../core/json.ts';
import { arrayAt, isJsonObject, objectAt, stringAt } from '../../core/json.ts';
import type { SimAnswer, SimUsage } from './answer.ts';
import type { FailureDetail, SimFailure, SimFrame, SimGrammar, SimVoice } from './grammar.ts';
import { distortUsage, objectList, stringList, tokenLimit } from './grammar.ts';
import type { SimMedia, SimPrompt, SimReasoning, SimTool, SimTurn } from './prompt.ts';
import { addResult, base64Size, emptyTurn, SimRefusal } from './prompt.ts';

export const ollamaGrammar: SimGrammar = {
  dialect: 'ollama',
  framing: 'ndjson',
  readPrompt,
  whole,
  frames,
  failure,
  failureFrame,
};

// ---- request ----

function readPrompt(body: JsonObject): SimPrompt {
  const messages = objectList(body, 'messages');
  const options = objectAt(body, 'options') ?? {};
  const { format } = body;
  return {
    // Streams unless told otherwise.
    stream: body['stream'] !== false,
    system: messages
      .filter((message) => message['role'] === 'system')
      .map((message) => stringAt(message, 'content') ?? '')
      .join('\n'),
    turns: readTurns(messages),
    tools: (arrayAt(body, 'tools') ?? []).flatMap(readTool),
    toolChoice: { kind: 'auto' },
    parallelCalls: true,
    maxTokens: tokenLimit(options, 'num_predict'),
    stop: stringList(options['stop']),
    answerSchema: format === undefined || format === '' ? null : format === 'json' ? 'any' : format,
    reasoning: body['think'] === false ? 'off' : 'shown',
    streamUsage: true,
    logprobs: false,
  };
}

function readTurns(messages: readonly JsonObject[]): readonly SimTurn[] {
  const turns: SimTurn[] = [];
  messages.forEach((message, index) => {
    const text = stringAt(message, 'content') ?? '';
    switch (message['role']) {
      case 'system':
        return;
      case 'user':
        turns.push({ ...emptyTurn('user'), text, media: (arrayAt(message, 'images') ?? []).map(readImage) });
        return;
      case 'assistant':
        turns.push({
          ...emptyTurn('assistant'),
          text,
          calls: readCalls(message, index),
          reasoning: readThinking(message),
        });
        return;
      case 'tool': {
        const name = stringAt(message, 'tool_name');
        const result = { id: name ?? '', name: name ?? null, text };
        addResult(turns, result, (arrayAt(message, 'images') ?? []).map(readImage));
        return;
      }
      default:
        throw new SimRefusal(400, `messages[${index}].role must be system, user, assistant or tool.`);
    }
  });
  return turns;
}

function readCalls(message: JsonObject, index: number) {
  return (arrayAt(message, 'tool_calls') ?? []).filter(isJsonObject).map((call, at) => {
    const made = objectAt(call, 'function') ?? {};
    const input = objectAt(made, 'arguments');
    if (!input) throw new SimRefusal(400, `messages[${index}].tool_calls[${at}].function.arguments must be an object.`);
    // Results say which tool they are of and nothing else: a call is known by its name.
    const name = stringAt(made, 'name') ?? '';
    return { id: name, name, arguments: JSON.stringify(input) };
  });
}

function readThinking(message: JsonObject): readonly SimReasoning[] {
  const text = stringAt(message, 'thinking');
  return text ? [{ text, signature: null }] : [];
}

function readImage(image: Json): SimMedia {
  if (typeof image !== 'string' || image.includes(':'))
    throw new SimRefusal(400, 'illegal base64 data at input byte 4');
  return { kind: 'image', mediaType: 'image', bytes: base64Size(image), name: null };
}

function readTool(tool: Json): readonly SimTool[] {
  const definition = isJsonObject(tool) ? objectAt(tool, 'function') : undefined;
  return definition ? [{ name: stringAt(definition, 'name') ?? '', schema: definition['parameters'] ?? {} }] : [];
}

// ---- answer ----

const CREATED = '2026-11-21T00:00:00Z';

function countsOf(usage: SimUsage, voice: SimVoice): JsonObject {
  const counts = { prompt_eval_count: usage.promptTokens, eval_count: usage.completionTokens };
  return distortUsage(counts, voice.usage) ?? {};
}

const wireCall = (call: SimAnswer['calls'][number]): JsonObject => ({
  function: { name: call.name, arguments: JSON.parse(call.arguments) },
});

function last(answer: SimAnswer, voice: SimVoice): JsonObject {
  return {
    done: true,
    done_reason: answer.finish === 'length' ? 'length' : 'stop',
    total_duration: 1,
    ...countsOf(answer.usage, voice),
  };
}

function whole(answer: SimAnswer, voice: SimVoice): JsonObject {
  const thinking = answer.reasoning?.shown ? answer.reasoning.pieces.join('') : undefined;
  const message = {
    role: 'assistant',
    content: answer.text.join(''),
    ...(thinking !== undefined && { thinking }),
    ...(answer.calls.length > 0 && { tool_calls: answer.calls.map(wireCall) }),
  };
  return { model: voice.model, created_at: CREATED, message, ...last(answer, voice) };
}

function frames(answer: SimAnswer, voice: SimVoice): readonly SimFrame[] {
  const line = (kind: SimFrame['kind'], said: JsonObject, end: JsonObject = { done: false }): SimFrame => {
    const message = { role: 'assistant', content: '', ...said };
    return { kind, text: `${JSON.stringify({ model: voice.model, created_at: CREATED, message, ...end })}\n` };
  };
  const thoughts = answer.reasoning?.shown ? answer.reasoning.pieces : [];
  return [
    ...thoughts.map((thinking) => line('content', { thinking })),
    ...answer.text.map((content) => line('content', { content })),
    ...answer.calls.map((call) => line('content', { tool_calls: [wireCall(call)] })),
    line('done', {}, last(answer, voice)),
  ];
}

// ---- errors ----

function failure(_status: number, message: string, { retryAfterSeconds: wait }: FailureDetail): SimFailure {
  return { headers: wait === null ? {} : { 'retry-after': String(wait) }, body: { error: message } };
}

function failureFrame(_status: number, message: string): string {
  return `${JSON.stringify({ error: message })}\n`;
}
