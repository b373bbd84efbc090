/**
 * The simulated host as Amazon Bedrock's Converse API
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html): model and streaming in the path, streams as
 * binary messages, usage after the stop.
 */
import type { JsonObject } from '../../core/json.ts';
import { createEventStreamCodec } from '../../wire/event-stream-codec.ts';
import type { SimAnswer, SimFinish, SimUsage } from './answer.ts';
import { readConversePrompt } from './bedrock-converse-prompt.ts';
import type { FailureDetail, SimFailure, SimFrame, SimGrammar, SimVoice } from './grammar.ts';
import { argumentPieces, distortUsage } from './grammar.ts';
import { type SimPrompt, SimRefusal } from './prompt.ts';

export const bedrockConverseGrammar: SimGrammar = {
  dialect: 'bedrock-converse',
  framing: 'aws-event-stream',
  readPrompt,
  whole,
  frames,
  failure,
  failureFrame,
};

/** `…/model/{model}/converse`, the model's name escaped as one segment. */
export function readBedrockPath(path: string): { readonly model: string; readonly stream: boolean } | null {
  const match = /\/model\/([^/]+)\/(converse|converse-stream)$/.exec(path);
  if (!match?.[1]) return null;
  try {
    return { model: decodeURIComponent(match[1]), stream: match[2] === 'converse-stream' };
  } catch {
    return null; // a stray percent sign
  }
}

function readPrompt(body: JsonObject, path: string): SimPrompt {
  const place = readBedrockPath(path);
  if (!place) throw new SimRefusal(404, `${path} is no path of this API.`);
  return readConversePrompt(body, place.stream);
}

const STOP_REASONS: Readonly<Record<SimFinish, string>> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'content_filtered',
};

/** Input counts are exclusive parts, as in the models' own grammar. */
function usageOf(usage: SimUsage, voice: SimVoice): JsonObject | undefined {
  const inputTokens = usage.promptTokens - usage.cachedTokens - usage.cacheWriteTokens;
  return distortUsage(
    {
      inputTokens,
      outputTokens: usage.completionTokens,
      totalTokens: usage.promptTokens + usage.completionTokens,
      cacheReadInputTokens: usage.cachedTokens,
      cacheWriteInputTokens: usage.cacheWriteTokens,
    },
    voice.usage,
  );
}

interface Block {
  /** Only tools have one. */
  readonly start: JsonObject | null;
  readonly deltas: readonly JsonObject[];
  readonly whole: JsonObject;
}

function blocksOf(answer: SimAnswer): readonly Block[] {
  const blocks: Block[] = [];
  if (answer.reasoning?.shown) {
    const { pieces, signature } = answer.reasoning;
    const signed = signature === null ? {} : { signature };
    blocks.push({
      start: null,
      deltas: [
        ...pieces.map((text) => ({ reasoningContent: { text } })),
        ...(signature === null ? [] : [{ reasoningContent: signed }]),
      ],
      whole: { reasoningContent: { reasoningText: { text: pieces.join(''), ...signed } } },
    });
  }
  if (answer.text.length > 0) {
    const deltas = answer.text.map((text) => ({ text }));
    blocks.push({ start: null, deltas, whole: { text: answer.text.join('') } });
  }
  for (const call of answer.calls) {
    const tool = { toolUseId: `tooluse_${call.id}`, name: call.name };
    blocks.push({
      start: { toolUse: tool },
      deltas: argumentPieces(call.arguments).map((input) => ({ toolUse: { input } })),
      whole: { toolUse: { ...tool, input: JSON.parse(call.arguments) } },
    });
  }
  return blocks;
}

function whole(answer: SimAnswer, voice: SimVoice): JsonObject {
  const usage = usageOf(answer.usage, voice);
  return {
    output: { message: { role: 'assistant', content: blocksOf(answer).map((block) => block.whole) } },
    stopReason: STOP_REASONS[answer.finish],
    ...(usage && { usage }),
    metrics: { latencyMs: 1 },
  };
}

function frames(answer: SimAnswer, voice: SimVoice): readonly SimFrame[] {
  const list: SimFrame[] = [event('frame', 'messageStart', { role: 'assistant' })];
  for (const [contentBlockIndex, { start, deltas }] of blocksOf(answer).entries()) {
    if (start) list.push(event('frame', 'contentBlockStart', { contentBlockIndex, start }));
    for (const delta of deltas) list.push(event('content', 'contentBlockDelta', { contentBlockIndex, delta }));
    list.push(event('frame', 'contentBlockStop', { contentBlockIndex }));
  }
  list.push(event('done', 'messageStop', { stopReason: STOP_REASONS[answer.finish] }));
  const usage = usageOf(answer.usage, voice);
  if (usage) list.push(event('frame', 'metadata', { usage, metrics: { latencyMs: 1 } }));
  if (usage && voice.usage === 'twice') list.push(event('frame', 'metadata', { usage, metrics: { latencyMs: 1 } }));
  return list;
}

// ---- framing ----

let codec: ReturnType<typeof createEventStreamCodec> | undefined;

function event(kind: SimFrame['kind'], type: string, payload: JsonObject): SimFrame {
  return { kind, text: message('event', type, payload) };
}

function message(messageType: 'event' | 'exception', type: string, payload: JsonObject): Uint8Array {
  const text = (value: string) => ({ type: 'string', value }) as const;
  codec ??= createEventStreamCodec();
  return codec.encode({
    headers: {
      [`:${messageType}-type`]: text(type),
      ':content-type': text('application/json'),
      ':message-type': text(messageType),
    },
    body: new TextEncoder().encode(JSON.stringify(payload)),
  });
}

// ---- errors (docs/sources.md) ----

/** The class that each status is answered with. A status that the host never gives is a proxy's, which names no class. */
const TYPES: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  401: 'NotAuthorized',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  413: 'RequestEntityTooLargeException',
  429: 'ThrottlingException',
  500: 'InternalServerException',
  503: 'ServiceUnavailableException',
};

function failure(status: number, text: string, { requestId, retryAfterSeconds: wait }: FailureDetail): SimFailure {
  const type = TYPES[status];
  return {
    headers: {
      'x-amzn-requestid': requestId,
      ...(type && { 'x-amzn-errortype': type }),
      ...(wait === null ? {} : { 'retry-after': String(wait) }),
    },
    body: { message: text },
  };
}

function failureFrame(status: number, text: string): Uint8Array {
  const type = TYPES[status] ?? 'InternalServerException';
  return message('exception', type.charAt(0).toLowerCase() + type.slice(1), { message: text });
}
