/** The simulated host as Google's Gemini API (docs/sources.md): the path says model and streaming, frames are whole objects. */
import type { Json, JsonObject } from '../../core/json.ts';
import { arrayAt, isJsonObject, objectAt, stringAt } from '../../core/json.ts';
import type { SimAnswer, SimFinish, SimUsage } from './answer.ts';
import type { FailureDetail, SimFailure, SimFrame, SimGrammar, SimVoice } from './grammar.ts';
import { distortUsage, objectList, stringList, tokenLimit } from './grammar.ts';
import type { SimMedia, SimPrompt, SimReasoning, SimTool, SimToolChoice, SimTurn } from './prompt.ts';
import { base64Size, emptyTurn, kindOf, mediaFromUrl, SimRefusal } from './prompt.ts';

export const geminiGrammar: SimGrammar = { dialect: 'gemini', readPrompt, whole, frames, failure, failureFrame };

// ---- request ----

/** `…/models/{model}:generateContent`, the model's name escaped or not. */
export function readGeminiPath(
  path: string,
): { readonly model: string; readonly stream: boolean; readonly sse: boolean } | null {
  const match = /\/models\/(.+):(generateContent|streamGenerateContent)(?:\?(.*))?$/.exec(path);
  if (!match?.[1]) return null;
  const sse = new URLSearchParams(match[3] ?? '').get('alt') === 'sse';
  return { model: unescapeModel(match[1]), stream: match[2] === 'streamGenerateContent', sse };
}

function unescapeModel(model: string): string {
  try {
    return decodeURIComponent(model);
  } catch {
    return model; // a stray percent sign: the name as written will not be found
  }
}

function readPrompt(body: JsonObject, path: string): SimPrompt {
  const place = readGeminiPath(path);
  if (!place) throw new SimRefusal(404, `${path} is no path of this API.`);
  const config = objectAt(body, 'generationConfig') ?? {};
  const calling = objectAt(objectAt(body, 'toolConfig') ?? {}, 'functionCallingConfig') ?? {};
  const thinking = objectAt(config, 'thinkingConfig') ?? {};
  return {
    stream: place.stream,
    system: partsOf(objectAt(body, 'systemInstruction') ?? {})
      .map(textOf)
      .join('\n'),
    turns: joinModelTurns(objectList(body, 'contents').map(readTurn)),
    tools: (arrayAt(body, 'tools') ?? [])
      .filter(isJsonObject)
      .flatMap((tool) => (arrayAt(tool, 'functionDeclarations') ?? []).flatMap(readTool)),
    toolChoice: readToolChoice(calling),
    parallelCalls: true,
    maxTokens: tokenLimit(config, 'maxOutputTokens'),
    stop: stringList(config['stopSequences']),
    answerSchema: readAnswerSchema(config),
    // Thoughts are returned only where asked for, but happen and cost anyway.
    reasoning: thinking['thinkingBudget'] === 0 ? 'off' : thinking['includeThoughts'] === true ? 'shown' : 'hidden',
    streamUsage: true,
    logprobs: false,
  };
}

function readAnswerSchema(config: JsonObject): Json | null {
  const schema = config['responseJsonSchema'] ?? config['responseSchema'];
  return schema ?? (config['responseMimeType'] === 'application/json' ? 'any' : null);
}

const partsOf = (content: JsonObject): readonly JsonObject[] => (arrayAt(content, 'parts') ?? []).filter(isJsonObject);

const isThought = (part: JsonObject): boolean => part['thought'] === true;
const textOf = (part: JsonObject): string => stringAt(part, 'text') ?? '';

function readTurn(content: JsonObject, index: number): SimTurn {
  const role = content['role'] ?? 'user';
  if (role !== 'user' && role !== 'model' && role !== 'function') {
    throw new SimRefusal(
      400,
      `contents[${index}].role: Please use a valid role: user, model.`,
      `contents[${index}].role`,
    );
  }
  const parts = partsOf(content);
  if (parts.length === 0)
    throw new SimRefusal(400, `contents[${index}].parts must not be empty.`, `contents[${index}].parts`);
  const texts = parts.filter((part) => !isThought(part)).map(textOf);
  return {
    ...emptyTurn(role === 'model' ? 'assistant' : 'user'),
    text: texts.filter((text) => text !== '').join('\n'),
    media: [...parts, ...parts.flatMap(shownBy)].flatMap(readMedia),
    calls: parts.flatMap((part) => readCall(part)),
    results: parts.flatMap((part) => readResult(part, index)),
    reasoning: role === 'model' ? readReasoning(parts) : [],
  };
}

/** Clients that keep a stream send back each of its pieces as a content of its own: neighbours are one turn of the model. */
function joinModelTurns(turns: readonly SimTurn[]): readonly SimTurn[] {
  const joined: SimTurn[] = [];
  for (const turn of turns) {
    const last = joined.at(-1);
    if (last?.role !== 'assistant' || turn.role !== 'assistant') {
      joined.push(turn);
      continue;
    }
    joined[joined.length - 1] = {
      ...last,
      text: last.text + turn.text,
      media: [...last.media, ...turn.media],
      calls: [...last.calls, ...turn.calls],
      reasoning: joinReasoning([...last.reasoning, ...turn.reasoning]),
    };
  }
  return joined;
}

/** The thought's text comes in pieces, its signature with one of them or after. */
function joinReasoning(pieces: readonly SimReasoning[]): readonly SimReasoning[] {
  if (pieces.length < 2) return pieces;
  const text = pieces.map((piece) => piece.text).join('');
  const signatures = pieces.flatMap(({ signature }) => (signature === null ? [] : [signature]));
  return signatures.length === 0 ? [{ text, signature: null }] : signatures.map((signature) => ({ text, signature }));
}

/** What a tool's result shows beside what it says. */
const shownBy = (part: JsonObject): readonly JsonObject[] => partsOf(objectAt(part, 'functionResponse') ?? {});

function readCall(part: JsonObject) {
  const call = objectAt(part, 'functionCall');
  if (!call) return [];
  const name = stringAt(call, 'name') ?? '';
  return [{ id: stringAt(call, 'id') ?? name, name, arguments: JSON.stringify(call['args'] ?? {}) }];
}

function readResult(part: JsonObject, index: number) {
  const answer = objectAt(part, 'functionResponse');
  if (!answer) return [];
  const response = objectAt(answer, 'response');
  if (!response) {
    throw new SimRefusal(400, `contents[${index}]: functionResponse.response must be an object.`, `contents[${index}]`);
  }
  const name = stringAt(answer, 'name') ?? '';
  const said = response['result'] ?? response['output'] ?? response['error'] ?? response;
  const text = typeof said === 'string' ? said : JSON.stringify(said);
  return [{ id: stringAt(answer, 'id') ?? name, name, text }];
}

/** A signature may come back on any part of the turn, with or without the thought's own text. */
function readReasoning(parts: readonly JsonObject[]): readonly SimReasoning[] {
  const text = parts.filter(isThought).map(textOf).join('');
  const signatures = parts.flatMap((part) => stringAt(part, 'thoughtSignature') ?? []);
  if (signatures.length > 0) return signatures.map((signature) => ({ text, signature }));
  return text === '' ? [] : [{ text, signature: null }];
}

function readMedia(part: JsonObject): readonly SimMedia[] {
  const inline = objectAt(part, 'inlineData');
  if (inline) {
    const mediaType = stringAt(inline, 'mimeType') ?? '';
    return [{ kind: kindOf(mediaType), mediaType, bytes: base64Size(stringAt(inline, 'data') ?? ''), name: null }];
  }
  const file = objectAt(part, 'fileData');
  if (!file) return [];
  const mediaType = stringAt(file, 'mimeType') ?? 'by address';
  return [{ ...mediaFromUrl(stringAt(file, 'fileUri') ?? '', kindOf(mediaType)), mediaType }];
}

function readTool(declaration: Json): readonly SimTool[] {
  if (!isJsonObject(declaration)) return [];
  const schema = declaration['parametersJsonSchema'] ?? declaration['parameters'] ?? {};
  return [{ name: stringAt(declaration, 'name') ?? '', schema }];
}

function readToolChoice(calling: JsonObject): SimToolChoice {
  const allowed = stringList(calling['allowedFunctionNames']);
  if (calling['mode'] === 'NONE') return { kind: 'none' };
  if (calling['mode'] !== 'ANY') return { kind: 'auto' };
  return allowed[0] === undefined || allowed.length > 1 ? { kind: 'required' } : { kind: 'named', name: allowed[0] };
}

// ---- answer ----

const FINISH_REASONS: Readonly<Record<SimFinish, string>> = {
  stop: 'STOP',
  stop_sequence: 'STOP',
  length: 'MAX_TOKENS',
  tool_calls: 'STOP',
  content_filter: 'SAFETY',
};

function usageOf(usage: SimUsage, voice: SimVoice): JsonObject {
  const counts = distortUsage(
    {
      promptTokenCount: usage.promptTokens,
      candidatesTokenCount: usage.completionTokens - usage.reasoningTokens,
      thoughtsTokenCount: usage.reasoningTokens,
      totalTokenCount: usage.promptTokens + usage.completionTokens,
      cachedContentTokenCount: usage.cachedTokens,
    },
    voice.usage,
  );
  return counts === undefined ? {} : { usageMetadata: counts };
}

function partsOfAnswer(answer: SimAnswer): {
  readonly thoughts: JsonObject[];
  readonly texts: JsonObject[];
  readonly calls: JsonObject[];
} {
  const signature = answer.reasoning?.signature ?? null;
  const signed = signature === null ? {} : { thoughtSignature: signature };
  return {
    thoughts: answer.reasoning?.shown ? answer.reasoning.pieces.map((text) => ({ text, thought: true })) : [],
    texts: [
      ...answer.text.map((text) => ({ text })),
      ...(signature !== null && answer.calls.length === 0 ? [{ text: '', ...signed }] : []),
    ],
    // The signature rides on the first call of a step.
    calls: answer.calls.map((call, index) => ({
      functionCall: { id: call.id, name: call.name, args: JSON.parse(call.arguments) },
      ...(index === 0 ? signed : {}),
    })),
  };
}

const reply = (
  answer: SimAnswer,
  voice: SimVoice,
  parts: readonly JsonObject[],
  finish: string | null,
): JsonObject => ({
  candidates: [{ content: { role: 'model', parts }, ...(finish === null ? {} : { finishReason: finish }), index: 0 }],
  ...usageOf(answer.usage, voice),
  modelVersion: voice.model,
  responseId: answer.id,
});

function whole(answer: SimAnswer, voice: SimVoice): JsonObject {
  const { thoughts, calls } = partsOfAnswer(answer);
  const signature = answer.calls.length === 0 ? answer.reasoning?.signature : undefined;
  const parts: JsonObject[] = [];
  if (thoughts.length > 0) parts.push({ text: thoughts.map(textOf).join(''), thought: true });
  if (answer.text.length > 0)
    parts.push({ text: answer.text.join(''), ...(signature ? { thoughtSignature: signature } : {}) });
  return reply(answer, voice, [...parts, ...calls], FINISH_REASONS[answer.finish]);
}

function frames(answer: SimAnswer, voice: SimVoice): readonly SimFrame[] {
  const frame = (kind: SimFrame['kind'], body: JsonObject): SimFrame => ({
    kind,
    text: `data: ${JSON.stringify(body)}\n\n`,
  });
  const { thoughts, texts, calls } = partsOfAnswer(answer);
  const list = [...thoughts, ...texts, ...calls].map((part) => frame('content', reply(answer, voice, [part], null)));
  const finish = FINISH_REASONS[answer.finish];
  const last = frame('done', reply(answer, voice, [{ text: '' }], finish));
  return voice.usage === 'twice'
    ? [...list, last, frame('frame', { ...usageOf(answer.usage, voice), responseId: answer.id })]
    : [...list, last];
}

// ---- errors (docs/sources.md) ----

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  413: 'INVALID_ARGUMENT',
  422: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  504: 'DEADLINE_EXCEEDED',
};

function errorOf(status: number, message: string, retryAfterSeconds: number | null): JsonObject {
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterSeconds}s` };
  return {
    code: status,
    message,
    status: STATUSES[status] ?? 'UNAVAILABLE',
    ...(retryAfterSeconds === null ? {} : { details: [retry] }),
  };
}

/** No Retry-After header here: the delay stands in the body (docs/sources.md). */
function failure(status: number, message: string, detail: FailureDetail): SimFailure {
  return { headers: {}, body: { error: errorOf(status, message, detail.retryAfterSeconds) } };
}

function failureFrame(status: number, message: string): string {
  return `data: ${JSON.stringify({ error: errorOf(status, message, null) })}\n\n`;
}
