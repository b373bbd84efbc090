/**
 * The simulated provider: a pure function of the wire request and a seed. The path says which grammar is
 * spoken, as with a real host:
 *
 *   …/chat/completions                              openai-chat
 *   …/responses                                     openai-responses
 *   …/messages                                      anthropic-messages
 *   …/model/{model}/converse                        bedrock-converse, also /converse-stream
 *   …/chat                                          cohere, ollama under /api
 *   …/models/{model}:generateContent                gemini, also :streamGenerateContent[?alt=sse]
 *   …/embeddings, /rerank, /moderations             openai-chat's, and what its relatives have beside it
 *   …/embed, /v2/rerank, :batchEmbedContents, …     the same of other grammars (whole.ts)
 *   …/models                                        list of the models
 *
 * Usage is counted by tokens.ts: a token is four bytes of UTF-8. Options and faults: faults.ts.
 */
import type { Json, JsonObject } from '../../core/json.ts';
import { isJsonObject, stringAt } from '../../core/json.ts';
import type { SimAnswer } from './answer.ts';
import { answerOf } from './answer.ts';
import { anthropicMessagesGrammar } from './anthropic-messages.ts';
import { bedrockConverseGrammar, readBedrockPath } from './bedrock-converse.ts';
import { cohereGrammar } from './cohere.ts';
import type { SimOptions } from './faults.ts';
import { NO_OPTIONS, parseModelName, withoutFaults } from './faults.ts';
import { geminiGrammar, readGeminiPath } from './gemini.ts';
import type { SimGrammar, SimVoice } from './grammar.ts';
import { SIM_CREATED_SECONDS } from './grammar.ts';
import type { SimModelName } from './models.ts';
import { isSimModelName, simModelNames } from './models.ts';
import { ollamaGrammar } from './ollama.ts';
import { openaiChatGrammar } from './openai-chat.ts';
import { openaiResponsesGrammar } from './openai-responses.ts';
import type { SimPrompt } from './prompt.ts';
import { SimRefusal } from './prompt.ts';
import type { BodyPiece, SimScript } from './script.ts';
import { scriptBody } from './script.ts';
import { hashHex, stableId } from './tokens.ts';
import { modelOfWholePath, type SimWholeTask, wholeTaskOf } from './whole.ts';

export interface SimRequest {
  /** With its query, e.g. `/v1/chat/completions`. */
  readonly path: string;
  /** The parsed body; null where there is none. */
  readonly body: Json;
  /** Equal requests with equal seeds get equal bytes. */
  readonly seed: number;
  /** How many requests with the same `key` option came before: what `times` compares with. */
  readonly priorRequests?: number;
}

type Task =
  | { readonly kind: 'chat'; readonly grammar: SimGrammar }
  | { readonly kind: 'whole'; readonly grammar: SimGrammar; readonly whole: SimWholeTask }
  | { readonly kind: 'models' };

export function simulate(request: SimRequest): SimScript {
  const fingerprint = `${request.seed} ${request.path} ${JSON.stringify(request.body)}`;
  const task = taskOf(request.path);
  const grammar = task && 'grammar' in task ? task.grammar : openaiChatGrammar;
  const requestId = `req_${stableId(fingerprint, 24)}`;
  try {
    if (!task) throw new SimRefusal(404, `The simulated provider has nothing at ${request.path}.`);
    if (task.kind === 'models') return modelList();
    if (!isJsonObject(request.body)) throw new SimRefusal(400, 'The body must be a JSON object.');
    const { name, options } = readModel(request, request.body);
    const status = options.counts.get('status');
    if (status !== undefined)
      return refuse(grammar, status, `Simulated error ${status}.`, null, requestId, options, name);
    if (task.kind === 'whole') return wholeScript(task.whole, request.body, name, options);
    const prompt = grammar.readPrompt(request.body, request.path);
    return chatScript({ grammar, prompt, name, options, path: request.path, fingerprint });
  } catch (error) {
    if (!(error instanceof SimRefusal)) throw error;
    return refuse(grammar, error.status, error.message, error.param, requestId, NO_OPTIONS, '');
  }
}

function taskOf(path: string): Task | null {
  const plain = path.split('?')[0] ?? '';
  if (plain.endsWith('/chat/completions')) return { kind: 'chat', grammar: openaiChatGrammar };
  if (plain.endsWith('/responses')) return { kind: 'chat', grammar: openaiResponsesGrammar };
  if (plain.endsWith('/messages')) return { kind: 'chat', grammar: anthropicMessagesGrammar };
  if (readBedrockPath(path)) return { kind: 'chat', grammar: bedrockConverseGrammar };
  if (plain.endsWith('/api/chat')) return { kind: 'chat', grammar: ollamaGrammar };
  if (plain.endsWith('/chat')) return { kind: 'chat', grammar: cohereGrammar };
  if (readGeminiPath(path)) return { kind: 'chat', grammar: geminiGrammar };
  const whole = wholeTaskOf(path);
  if (whole) return { kind: 'whole', grammar: whole.grammar, whole };
  return plain.endsWith('/models') ? { kind: 'models' } : null;
}

const modelInPath = (path: string): string | undefined =>
  (readGeminiPath(path) ?? readBedrockPath(path))?.model ?? modelOfWholePath(path);

/** The counting key of a request, for whoever keeps the counters that `times` needs; null where it counts nothing. */
export function countingKey(path: string, body: Json): string | null {
  const written = modelInPath(path) ?? (isJsonObject(body) ? stringAt(body, 'model') : undefined);
  if (!written?.includes('times=')) return null;
  try {
    return parseModelName(written).options.key;
  } catch {
    return null; // simulate() will say what is wrong with the name
  }
}

function readModel(
  request: SimRequest,
  body: JsonObject,
): { readonly name: SimModelName; readonly options: SimOptions } {
  const written = modelInPath(request.path) ?? stringAt(body, 'model') ?? '';
  const { name, options } = parseModelName(written);
  if (!isSimModelName(name)) {
    const known = simModelNames.map((one) => `sim/${one}`).join(', ');
    throw new SimRefusal(404, `There is no simulated model "${written}". Known: ${known}.`, 'model');
  }
  const times = options.counts.get('times');
  const spent = times !== undefined && (request.priorRequests ?? 0) >= times;
  return { name, options: spent ? withoutFaults(options) : options };
}

// ---- replies ----

const JSON_HEADERS = { 'content-type': 'application/json' } as const;
const STREAM_HEADERS = {
  sse: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
  ndjson: { 'content-type': 'application/x-ndjson' },
  'aws-event-stream': { 'content-type': 'application/vnd.amazon.eventstream' },
} as const;

interface ChatTask {
  readonly grammar: SimGrammar;
  readonly prompt: SimPrompt;
  readonly name: SimModelName;
  readonly options: SimOptions;
  readonly path: string;
  readonly fingerprint: string;
}

function chatScript(task: ChatTask): SimScript {
  const { options, grammar } = task;
  const answer = answerOf(task.name, task.prompt, options, task.fingerprint);
  const wholeAnswer = options.flags.has('error200') || options.flags.has('no_stream');
  const streaming = options.flags.has('force_stream') || (task.prompt.stream && !wholeAnswer);
  const body = streaming ? streamBody(task, answer) : wholeBody(task, answer);
  // Gemini without `alt=sse` streams one JSON array (docs/sources.md).
  const array = streaming && readGeminiPath(task.path)?.sse === false;
  const framing = array ? 'array' : (grammar.framing ?? 'sse');
  const comments = streaming && framing === 'sse' && options.flags.has('comments');
  const framed = array ? toJsonArray(body) : comments ? body.map(withComment) : body;
  const scripted = scriptBody(framed, options, streaming);
  const broken = isBroken(options) || scripted.end !== 'close';
  const { promptTokens, completionTokens } = answer.usage;
  return {
    status: 200,
    headers: streaming && framing !== 'array' ? STREAM_HEADERS[framing] : JSON_HEADERS,
    headDelayMs: options.counts.get('first_byte_ms') ?? 0,
    ...scripted,
    facts: {
      dialect: grammar.dialect,
      model: task.name,
      outcome: broken ? 'broken' : 'answer',
      usage: { promptTokens, completionTokens },
    },
  };
}

/** Faults that leave the answer without its proper end or content; a cut counts too even where it hits nothing. */
function isBroken(options: SimOptions): boolean {
  const counts = ['cut', 'drop', 'reset', 'garbage', 'error_after', 'stall'] as const;
  const flags = ['no_done', 'empty_body', 'error200'] as const;
  return counts.some((name) => options.counts.has(name)) || flags.some((name) => options.flags.has(name));
}

/** The model's name comes back without its options, so that byte positions do not hang on how a fault is written. */
function voiceOf({ name, prompt, options }: ChatTask): SimVoice {
  return { model: `sim/${name}`, usage: options.usage, streamUsage: prompt.streamUsage, logprobs: prompt.logprobs };
}

function wholeBody(task: ChatTask, answer: SimAnswer): readonly BodyPiece[] {
  const { grammar, options, fingerprint } = task;
  const broken = brokenBody(grammar, options, fingerprint);
  return broken ?? [{ content: true, text: JSON.stringify(grammar.whole(answer, voiceOf(task))) }];
}

/** What a fault puts in the place of a whole answer; null where there is none. */
function brokenBody(grammar: SimGrammar, options: SimOptions, fingerprint: string): readonly BodyPiece[] | null {
  const one = (text: string): readonly BodyPiece[] => [{ content: true, text }];
  if (options.flags.has('empty_body')) return [];
  if (options.flags.has('error200')) return one(errorBody(grammar, 'Simulated error with status 200.', fingerprint));
  if (options.counts.has('garbage')) return one('<html><body>Bad gateway</body></html>');
  if (options.counts.has('error_after')) return one(errorBody(grammar, IN_STREAM, fingerprint));
  return null;
}

const IN_STREAM = 'Simulated error after the answer had begun.';

function streamBody(task: ChatTask, answer: SimAnswer): readonly BodyPiece[] {
  const { grammar, options } = task;
  if (options.flags.has('empty_body')) return [];
  const garbage = options.counts.get('garbage');
  const errorAfter = options.counts.get('error_after');
  const body: BodyPiece[] = [];
  let contents = 0;
  for (const frame of grammar.frames(answer, voiceOf(task))) {
    const content = frame.kind === 'content';
    if (content && contents === errorAfter) break;
    if (content) contents++;
    if (frame.kind === 'done' && (options.flags.has('no_done') || errorAfter !== undefined)) continue;
    body.push({ content, text: content && contents === garbage ? GARBAGE[grammar.framing ?? 'sse'] : frame.text });
  }
  if (errorAfter !== undefined) body.push({ content: false, text: grammar.failureFrame(500, IN_STREAM) });
  return body;
}

/** What stands in the place of a frame where its writer went wrong. */
const GARBAGE = {
  sse: 'data: {"id": "sim", oops\n\n',
  ndjson: '{"model": "sim", oops\n',
  'aws-event-stream': new Uint8Array(32),
} as const;

function errorBody(grammar: SimGrammar, message: string, fingerprint: string): string {
  const detail = { param: null, retryAfterSeconds: null, requestId: `req_${hashHex(fingerprint)}` };
  return JSON.stringify(grammar.failure(500, message, detail).body);
}

const COMMENT = ': sim is thinking\n\n';

/** Before each content frame, as hosts say that they are still at it. Lines of JSON and binary messages have no comments. */
function withComment(piece: BodyPiece): BodyPiece {
  return piece.content ? { ...piece, text: COMMENT + String(piece.text) } : piece;
}

function toJsonArray(body: readonly BodyPiece[]): readonly BodyPiece[] {
  const objects = body.map((piece, index) => ({
    ...piece,
    text: (index === 0 ? '[' : ',\n') + String(piece.text).slice('data: '.length).trimEnd(),
  }));
  return [...objects, { content: false, text: ']' }];
}

function wholeScript(task: SimWholeTask, body: JsonObject, name: string, options: SimOptions): SimScript {
  if (name !== task.model)
    throw new SimRefusal(400, `sim/${name} makes no ${task.makes}; sim/${task.model} does.`, 'model');
  const { body: answer, promptTokens } = task.answer(body);
  const broken = brokenBody(task.grammar, options, name);
  const scripted = scriptBody(broken ?? [{ content: true, text: JSON.stringify(answer) }], options, false);
  const outcome = scripted.end === 'close' && !isBroken(options) ? 'answer' : 'broken';
  return {
    status: 200,
    headers: JSON_HEADERS,
    headDelayMs: options.counts.get('first_byte_ms') ?? 0,
    ...scripted,
    facts: { dialect: task.grammar.dialect, model: name, outcome, usage: { promptTokens, completionTokens: 0 } },
  };
}

function modelList(): SimScript {
  const list = simModelNames.map((name) => ({
    id: `sim/${name}`,
    object: 'model',
    created: SIM_CREATED_SECONDS,
    owned_by: 'sim',
  }));
  return {
    status: 200,
    headers: JSON_HEADERS,
    headDelayMs: 0,
    steps: [{ delayMs: 0, bytes: JSON.stringify({ object: 'list', data: list }) }],
    end: 'close',
    facts: { dialect: 'none', model: '', outcome: 'answer', usage: null },
  };
}

function refuse(
  grammar: SimGrammar,
  status: number,
  message: string,
  param: string | null,
  requestId: string,
  options: SimOptions,
  model: string,
): SimScript {
  const retryAfterSeconds = options.counts.get('retry_after') ?? null;
  const { headers, body } = grammar.failure(status, message, { param, retryAfterSeconds, requestId });
  const scripted = scriptBody([{ content: true, text: JSON.stringify(body) }], options, false);
  return {
    status,
    headers: { ...JSON_HEADERS, ...headers },
    headDelayMs: options.counts.get('first_byte_ms') ?? 0,
    ...scripted,
    facts: { dialect: grammar.dialect, model, outcome: 'refused', usage: null },
  };
}
