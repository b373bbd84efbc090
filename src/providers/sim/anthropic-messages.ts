/** The simulated host as an Anthropic one (docs/sources.md): its blocks, its events, and the rules it refuses by. */
import type { Json, JsonObject } from '../../core/json.ts';
import { arrayAt, isJsonArray, isJsonObject, objectAt, stringAt } from '../../core/json.ts';
import type { SimAnswer, SimFinish, SimUsage } from './answer.ts';
import type { FailureDetail, SimFailure, SimFrame, SimGrammar, SimVoice } from './grammar.ts';
import { argumentPieces, distortUsage, objectList, stringList, tokenLimit } from './grammar.ts';
import type { SimMedia, SimPrompt, SimReasoning, SimResult, SimTool, SimToolChoice, SimTurn } from './prompt.ts';
import { base64Size, emptyTurn, kindOf, SimRefusal } from './prompt.ts';

export const anthropicMessagesGrammar: SimGrammar = {
  dialect: 'anthropic-messages',
  readPrompt,
  whole,
  frames,
  failure,
  failureFrame,
};

// ---- request ----

function readPrompt(body: JsonObject): SimPrompt {
  const maxTokens = tokenLimit(body, 'max_tokens');
  if (maxTokens === null) throw new SimRefusal(400, 'max_tokens: Field required', 'max_tokens');
  const messages = objectList(body, 'messages');
  const choice = objectAt(body, 'tool_choice');
  const format = objectAt(objectAt(body, 'output_config') ?? {}, 'format');
  return {
    stream: body['stream'] === true,
    system: blocksOf(body['system'], 'system').map(textOf).join('\n'),
    turns: readTurns(messages),
    tools: (arrayAt(body, 'tools') ?? []).flatMap(readTool),
    toolChoice: readToolChoice(choice),
    parallelCalls: choice?.['disable_parallel_tool_use'] !== true,
    maxTokens,
    stop: stringList(body['stop_sequences']),
    answerSchema: format?.['type'] === 'json_schema' ? (format['schema'] ?? 'any') : null,
    reasoning: readReasoningMode(objectAt(body, 'thinking'), maxTokens),
    streamUsage: true,
    logprobs: false,
  };
}

function readReasoningMode(thinking: JsonObject | undefined, maxTokens: number): SimPrompt['reasoning'] {
  if (thinking?.['type'] === 'disabled') return 'off';
  const budget = thinking?.['budget_tokens'];
  if (thinking?.['type'] === 'enabled' && !(typeof budget === 'number' && budget >= 1024 && budget < maxTokens)) {
    throw new SimRefusal(
      400,
      'thinking.budget_tokens must be at least 1024 and less than max_tokens',
      'thinking.budget_tokens',
    );
  }
  return 'shown';
}

/** Tool results must answer, all of them and at once, the calls of the assistant turn before (docs/sources.md). */
function readTurns(messages: readonly JsonObject[]): readonly SimTurn[] {
  const turns: SimTurn[] = [];
  let open: readonly string[] = [];
  messages.forEach((message, index) => {
    const path = `messages.${index}`;
    const role = message['role'];
    if (role === 'system') return; // newest models take mid-conversation instructions
    if (role !== 'user' && role !== 'assistant')
      throw new SimRefusal(400, `${path}.role: must be user or assistant`, path);
    const turn = readTurn(role, blocksOf(message['content'], path));
    const answered = turn.results.map((result) => result.id);
    const missing = open.filter((id) => !answered.includes(id));
    if (missing.length > 0) {
      throw new SimRefusal(
        400,
        `${path}: tool_use ids were found without tool_result blocks immediately after: ${missing.join(', ')}`,
      );
    }
    const foreign = answered.find((id) => !open.includes(id));
    if (foreign !== undefined) {
      throw new SimRefusal(400, `${path}: tool_result names ${foreign}, which is no tool_use of the message before`);
    }
    open = turn.calls.map((call) => call.id);
    turns.push(turn);
  });
  if (turns[0]?.role !== 'user')
    throw new SimRefusal(400, 'messages: first message must use the "user" role', 'messages');
  return turns;
}

function readTurn(role: 'user' | 'assistant', blocks: readonly JsonObject[]): SimTurn {
  const ofType = (type: string): readonly JsonObject[] => blocks.filter((block) => block['type'] === type);
  return {
    ...emptyTurn(role),
    text: ofType('text').map(textOf).join('\n'),
    media: [...blocks, ...ofType('tool_result').flatMap(contentOf)].flatMap(readMedia),
    calls: ofType('tool_use').map(readCall),
    results: ofType('tool_result').map(readResult),
    reasoning: ofType('thinking').map(readThinking),
  };
}

function blocksOf(content: Json | undefined, path: string): readonly JsonObject[] {
  if (content === undefined) return [];
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (!isJsonArray(content)) throw new SimRefusal(400, `${path}.content: must be a string or a list of blocks`, path);
  return content.filter(isJsonObject).map((block, index) => {
    if (block['type'] === 'text' && textOf(block).trim() === '') {
      throw new SimRefusal(400, `${path}.content.${index}: text content blocks must be non-empty`, path);
    }
    return block;
  });
}

const textOf = (block: JsonObject): string => stringAt(block, 'text') ?? '';

function readCall(block: JsonObject) {
  const id = stringAt(block, 'id') ?? '';
  const input = objectAt(block, 'input');
  if (!/^[a-zA-Z0-9_-]+$/.test(id)) throw new SimRefusal(400, `tool_use.id "${id}" must match ^[a-zA-Z0-9_-]+$`);
  if (!input) throw new SimRefusal(400, 'tool_use.input: must be an object');
  return { id, name: stringAt(block, 'name') ?? '', arguments: JSON.stringify(input) };
}

const contentOf = (result: JsonObject): readonly JsonObject[] =>
  (arrayAt(result, 'content') ?? []).filter(isJsonObject);

function readResult(block: JsonObject): SimResult {
  const text = blocksOf(block['content'], 'tool_result')
    .map(textOf)
    .filter((one) => one !== '')
    .join('\n');
  return { id: stringAt(block, 'tool_use_id') ?? '', name: null, text };
}

function readThinking(block: JsonObject): SimReasoning {
  return { text: stringAt(block, 'thinking') ?? '', signature: stringAt(block, 'signature') ?? '' };
}

function readMedia(block: JsonObject): readonly SimMedia[] {
  const source = objectAt(block, 'source');
  if (!source || (block['type'] !== 'image' && block['type'] !== 'document')) return [];
  const mediaType = stringAt(source, 'media_type') ?? 'by address';
  const inline = stringAt(source, 'data');
  const bytes =
    inline === undefined
      ? null
      : source['type'] === 'base64'
        ? base64Size(inline)
        : new TextEncoder().encode(inline).length;
  const kind = block['type'] === 'image' ? 'image' : inline === undefined ? 'file' : kindOf(mediaType);
  return [{ kind, mediaType, bytes, name: stringAt(block, 'title') ?? null }];
}

function readTool(tool: Json): readonly SimTool[] {
  if (!isJsonObject(tool) || tool['input_schema'] === undefined) return [];
  return [{ name: stringAt(tool, 'name') ?? '', schema: tool['input_schema'] }];
}

function readToolChoice(choice: JsonObject | undefined): SimToolChoice {
  switch (choice?.['type']) {
    case 'none':
      return { kind: 'none' };
    case 'any':
      return { kind: 'required' };
    case 'tool':
      return { kind: 'named', name: stringAt(choice, 'name') ?? '' };
    default:
      return { kind: 'auto' };
  }
}

// ---- answer ----

const STOP_REASONS: Readonly<Record<SimFinish, string>> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
};

/** Input counts are exclusive parts here (docs/sources.md). */
function inputUsage(usage: SimUsage): JsonObject {
  return {
    input_tokens: usage.promptTokens - usage.cachedTokens - usage.cacheWriteTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cachedTokens,
  };
}

function usageOf(usage: SimUsage): JsonObject {
  return {
    ...inputUsage(usage),
    output_tokens: usage.completionTokens,
    output_tokens_details: { thinking_tokens: usage.reasoningTokens },
  };
}

interface Block {
  readonly opening: JsonObject;
  readonly deltas: readonly JsonObject[];
  readonly whole: JsonObject;
}

function blocksOfAnswer(answer: SimAnswer): readonly Block[] {
  const blocks: Block[] = [];
  if (answer.reasoning?.shown) {
    const { pieces, signature } = answer.reasoning;
    blocks.push({
      opening: { type: 'thinking', thinking: '', signature: '' },
      deltas: [
        ...pieces.map((thinking) => ({ type: 'thinking_delta', thinking })),
        ...(signature === null ? [] : [{ type: 'signature_delta', signature }]),
      ],
      whole: { type: 'thinking', thinking: pieces.join(''), signature: signature ?? '' },
    });
  }
  if (answer.text.length > 0) {
    blocks.push({
      opening: { type: 'text', text: '' },
      deltas: answer.text.map((text) => ({ type: 'text_delta', text })),
      whole: { type: 'text', text: answer.text.join('') },
    });
  }
  for (const call of answer.calls) {
    const block = { type: 'tool_use', id: `toolu_${call.id}`, name: call.name };
    blocks.push({
      opening: { ...block, input: {} },
      deltas: argumentPieces(call.arguments).map((partial_json) => ({ type: 'input_json_delta', partial_json })),
      whole: { ...block, input: JSON.parse(call.arguments) },
    });
  }
  return blocks;
}

function messageHead(answer: SimAnswer, voice: SimVoice): JsonObject {
  return { id: `msg_${answer.id}`, type: 'message', role: 'assistant', model: voice.model };
}

function whole(answer: SimAnswer, voice: SimVoice): JsonObject {
  const usage = distortUsage(usageOf(answer.usage), voice.usage);
  return {
    ...messageHead(answer, voice),
    content: blocksOfAnswer(answer).map((block) => block.whole),
    stop_reason: STOP_REASONS[answer.finish],
    stop_sequence: answer.stopped,
    ...(usage === undefined ? {} : { usage }),
  };
}

type Event = JsonObject & { readonly type: string };

const sseEvent = (body: Event): string => `event: ${body.type}\ndata: ${JSON.stringify(body)}\n\n`;

const event = (kind: SimFrame['kind'], body: Event): SimFrame => ({ kind, text: sseEvent(body) });

function frames(answer: SimAnswer, voice: SimVoice): readonly SimFrame[] {
  const opening = distortUsage({ ...inputUsage(answer.usage), output_tokens: 1 }, voice.usage);
  const final = distortUsage(usageOf(answer.usage), voice.usage);
  const usage = final === undefined ? {} : { usage: final };
  const start = { ...messageHead(answer, voice), content: [], stop_reason: null, stop_sequence: null };
  const list: SimFrame[] = [
    event('frame', { type: 'message_start', message: opening === undefined ? start : { ...start, usage: opening } }),
    event('frame', { type: 'ping' }),
  ];
  blocksOfAnswer(answer).forEach((block, index) => {
    list.push(event('frame', { type: 'content_block_start', index, content_block: block.opening }));
    for (const delta of block.deltas) list.push(event('content', { type: 'content_block_delta', index, delta }));
    list.push(event('frame', { type: 'content_block_stop', index }));
  });
  // Cumulative, so a second mention must not be added to the first.
  if (voice.usage === 'twice') list.push(event('frame', { type: 'message_delta', delta: {}, ...usage }));
  const delta = { stop_reason: STOP_REASONS[answer.finish], stop_sequence: answer.stopped };
  list.push(event('frame', { type: 'message_delta', delta, ...usage }), event('done', { type: 'message_stop' }));
  return list;
}

// ---- errors (docs/sources.md) ----

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

const errorOf = (status: number, message: string): JsonObject => ({ type: TYPES[status] ?? 'api_error', message });

function failure(status: number, message: string, detail: FailureDetail): SimFailure {
  const wait = detail.retryAfterSeconds;
  return {
    headers: { 'request-id': detail.requestId, ...(wait === null ? {} : { 'retry-after': String(wait) }) },
    body: { type: 'error', error: errorOf(status, message), request_id: detail.requestId },
  };
}

function failureFrame(status: number, message: string): string {
  return sseEvent({ type: 'error', error: errorOf(status, message) });
}
