/** The simulated host as an OpenAI-compatible one (docs/sources.md); reasoning in `reasoning_content` as most of them do. */
import type { Json, JsonObject } from '../../core/json.ts';
import { arrayAt, isJsonArray, isJsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';
import type { SimAnswer, SimUsage } from './answer.ts';
import type { SimFrame, SimGrammar, SimVoice } from './grammar.ts';
import { argumentPieces, distortUsage, objectList, SIM_CREATED_SECONDS, stringList, tokenLimit } from './grammar.ts';
import { errorOf, openAiFailure } from './openai-errors.ts';
import type { SimMedia, SimPrompt, SimReasoning, SimTool, SimToolChoice, SimTurn } from './prompt.ts';
import { addResult, base64Size, emptyTurn, mediaFromUrl, SimRefusal } from './prompt.ts';

export const openaiChatGrammar: SimGrammar = {
  dialect: 'openai-chat',
  readPrompt,
  whole,
  frames,
  failure: openAiFailure,
  failureFrame,
};

// ---- request ----

function readPrompt(body: JsonObject): SimPrompt {
  const messages = objectList(body, 'messages');
  const choices = numberAt(body, 'n') ?? 1;
  if (choices !== 1) throw new SimRefusal(400, 'Simulated models give one choice: n must be 1.', 'n');
  const isSystem = (message: JsonObject): boolean => message['role'] === 'system' || message['role'] === 'developer';
  return {
    stream: body['stream'] === true,
    system: messages
      .filter(isSystem)
      .map((message) => textOf(message['content']))
      .join('\n'),
    turns: readTurns(messages, isSystem),
    tools: (arrayAt(body, 'tools') ?? []).flatMap(readTool),
    toolChoice: readToolChoice(body['tool_choice']),
    parallelCalls: body['parallel_tool_calls'] !== false,
    maxTokens: tokenLimit(body, 'max_completion_tokens') ?? tokenLimit(body, 'max_tokens'),
    stop: stringList(body['stop']),
    answerSchema: readAnswerSchema(objectAt(body, 'response_format')),
    reasoning:
      body['reasoning_effort'] === 'none' || objectAt(body, 'reasoning')?.['enabled'] === false ? 'off' : 'shown',
    streamUsage: objectAt(body, 'stream_options')?.['include_usage'] === true,
    logprobs: body['logprobs'] === true,
  };
}

function readTurns(messages: readonly JsonObject[], isSystem: (message: JsonObject) => boolean): readonly SimTurn[] {
  const turns: SimTurn[] = [];
  const called = new Set<string>();
  messages.forEach((message, index) => {
    if (isSystem(message)) return;
    const path = `messages[${index}]`;
    switch (message['role']) {
      case 'user':
        turns.push({ ...emptyTurn('user'), text: textOf(message['content']), media: mediaOf(message['content']) });
        return;
      case 'assistant': {
        const turn = readAssistant(message);
        for (const call of turn.calls) called.add(call.id);
        turns.push(turn);
        return;
      }
      case 'tool': {
        const id = stringAt(message, 'tool_call_id') ?? '';
        if (!called.has(id)) {
          throw new SimRefusal(
            400,
            `${path} answers the tool call "${id}", which no earlier assistant message made.`,
            path,
          );
        }
        const result = { id, name: stringAt(message, 'name') ?? null, text: textOf(message['content']) };
        addResult(turns, result, mediaOf(message['content']));
        return;
      }
      default:
        throw new SimRefusal(400, `${path}.role must be system, developer, user, assistant or tool.`, `${path}.role`);
    }
  });
  return turns;
}

function readAssistant(message: JsonObject): SimTurn {
  const calls = (arrayAt(message, 'tool_calls') ?? []).flatMap((call) => {
    const made = isJsonObject(call) ? objectAt(call, 'function') : undefined;
    if (!made || !isJsonObject(call)) return [];
    return [
      {
        id: stringAt(call, 'id') ?? '',
        name: stringAt(made, 'name') ?? '',
        arguments: stringAt(made, 'arguments') ?? '',
      },
    ];
  });
  return { ...emptyTurn('assistant'), text: textOf(message['content']), calls, reasoning: readReasoning(message) };
}

/** Signed details where the caller has them, else the plain field, whose text carries its own seal. */
function readReasoning(message: JsonObject): readonly SimReasoning[] {
  const details = (arrayAt(message, 'reasoning_details') ?? []).filter(isJsonObject);
  if (details.length > 0) {
    return details.map((detail) => ({
      text: stringAt(detail, 'text') ?? '',
      signature: stringAt(detail, 'signature') ?? null,
    }));
  }
  const text = stringAt(message, 'reasoning_content') || stringAt(message, 'reasoning');
  return text ? [{ text, signature: null }] : [];
}

function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  if (!isJsonArray(content)) return '';
  const texts = content.map((part) =>
    isJsonObject(part) ? (stringAt(part, 'text') ?? stringAt(part, 'refusal') ?? '') : '',
  );
  return texts.filter((text) => text !== '').join('\n');
}

function mediaOf(content: Json | undefined): readonly SimMedia[] {
  if (!isJsonArray(content)) return [];
  return content.filter(isJsonObject).flatMap((part): SimMedia[] => {
    const image = objectAt(part, 'image_url');
    if (image) return [mediaFromUrl(stringAt(image, 'url') ?? '', 'image')];
    const video = objectAt(part, 'video_url');
    if (video) return [mediaFromUrl(stringAt(video, 'url') ?? '', 'video')];
    const file = objectAt(part, 'file');
    if (file) {
      const address = stringAt(file, 'file_data') ?? stringAt(file, 'file_url') ?? '';
      return [mediaFromUrl(address, 'file', stringAt(file, 'filename') ?? null)];
    }
    const audio = objectAt(part, 'input_audio');
    if (!audio) return [];
    const mediaType = `audio/${stringAt(audio, 'format') ?? 'wav'}`;
    return [{ kind: 'audio', mediaType, bytes: base64Size(stringAt(audio, 'data') ?? ''), name: null }];
  });
}

function readTool(tool: Json): readonly SimTool[] {
  const definition = isJsonObject(tool) ? objectAt(tool, 'function') : undefined;
  if (!definition) return [];
  return [{ name: stringAt(definition, 'name') ?? '', schema: definition['parameters'] ?? {} }];
}

function readToolChoice(choice: Json | undefined): SimToolChoice {
  if (choice === 'none' || choice === 'required') return { kind: choice };
  const named = isJsonObject(choice) ? objectAt(choice, 'function') : undefined;
  return named ? { kind: 'named', name: stringAt(named, 'name') ?? '' } : { kind: 'auto' };
}

function readAnswerSchema(format: JsonObject | undefined): Json | null {
  if (format?.['type'] === 'json_object') return 'any';
  if (format?.['type'] !== 'json_schema') return null;
  return objectAt(format, 'json_schema')?.['schema'] ?? 'any';
}

// ---- answer ----

const finishOf = (answer: SimAnswer): string => (answer.finish === 'stop_sequence' ? 'stop' : answer.finish);

function usageOf(usage: SimUsage): JsonObject {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedTokens, cache_write_tokens: usage.cacheWriteTokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}

const logprobsOf = (texts: readonly string[]): JsonObject => ({
  content: texts.map((token) => ({
    token,
    logprob: -0.5,
    bytes: [...new TextEncoder().encode(token)],
    top_logprobs: [],
  })),
});

function whole(answer: SimAnswer, voice: SimVoice): JsonObject {
  const usage = distortUsage(usageOf(answer.usage), voice.usage);
  const thought = answer.reasoning?.shown ? answer.reasoning.pieces.join('') : undefined;
  const message = {
    role: 'assistant',
    content: answer.text.length === 0 && answer.calls.length > 0 ? null : answer.text.join(''),
    refusal: null,
    ...(thought === undefined ? {} : { reasoning_content: thought }),
    ...(answer.calls.length === 0 ? {} : { tool_calls: answer.calls.map(wireCall) }),
  };
  const logprobs = voice.logprobs ? { logprobs: logprobsOf(answer.text) } : {};
  return {
    id: `chatcmpl-${answer.id}`,
    object: 'chat.completion',
    created: SIM_CREATED_SECONDS,
    model: voice.model,
    choices: [{ index: 0, message, ...logprobs, finish_reason: finishOf(answer) }],
    ...(usage === undefined ? {} : { usage }),
    system_fingerprint: 'fp_sim',
  };
}

const wireCall = (call: SimAnswer['calls'][number]): JsonObject => ({
  id: `call_${call.id}`,
  type: 'function',
  function: { name: call.name, arguments: call.arguments },
});

function frames(answer: SimAnswer, voice: SimVoice): readonly SimFrame[] {
  const head = {
    id: `chatcmpl-${answer.id}`,
    object: 'chat.completion.chunk',
    created: SIM_CREATED_SECONDS,
    model: voice.model,
    system_fingerprint: 'fp_sim',
  };
  const usage = distortUsage(usageOf(answer.usage), voice.usage);
  const frame = (kind: SimFrame['kind'], rest: JsonObject): SimFrame => ({
    kind,
    text: `data: ${JSON.stringify({ ...head, ...rest })}\n\n`,
  });
  const delta = (kind: SimFrame['kind'], change: JsonObject, more: JsonObject = {}): SimFrame =>
    frame(kind, { choices: [{ index: 0, delta: change, ...more, finish_reason: null }] });

  const list: SimFrame[] = [delta('frame', { role: 'assistant', content: '' })];
  if (answer.reasoning?.shown) {
    for (const piece of answer.reasoning.pieces) list.push(delta('content', { reasoning_content: piece }));
  }
  for (const piece of answer.text) {
    list.push(delta('content', { content: piece }, voice.logprobs ? { logprobs: logprobsOf([piece]) } : {}));
  }
  answer.calls.forEach((call, index) => {
    const opening = { index, ...wireCall({ ...call, arguments: '' }) };
    list.push(delta('content', { tool_calls: [opening] }));
    for (const piece of argumentPieces(call.arguments)) {
      list.push(delta('content', { tool_calls: [{ index, function: { arguments: piece } }] }));
    }
  });
  const early = voice.usage === 'twice' && voice.streamUsage && usage !== undefined ? { usage } : {};
  list.push(frame('frame', { choices: [{ index: 0, delta: {}, finish_reason: finishOf(answer) }], ...early }));
  if (voice.streamUsage && usage !== undefined) list.push(frame('frame', { choices: [], usage }));
  list.push({ kind: 'done', text: 'data: [DONE]\n\n' });
  return list;
}

function failureFrame(status: number, message: string): string {
  return `data: ${JSON.stringify({ error: errorOf(status, message, null) })}\n\n`;
}
