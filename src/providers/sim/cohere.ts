/** The simulated host as Cohere's chat API v2 (https://docs.cohere.com/reference/chat): typed events, one call an event. */
import type { JsonObject } from '../../core/json.ts';
import type { SimAnswer, SimFinish, SimUsage } from './answer.ts';
import { readCoherePrompt } from './cohere-prompt.ts';
import type { FailureDetail, SimFailure, SimFrame, SimGrammar, SimVoice } from './grammar.ts';
import { argumentPieces, distortUsage } from './grammar.ts';

export const cohereGrammar: SimGrammar = {
  dialect: 'cohere',
  readPrompt: readCoherePrompt,
  whole,
  frames,
  failure,
  failureFrame,
};

const FINISH: Readonly<Record<SimFinish, string>> = {
  stop: 'COMPLETE',
  stop_sequence: 'STOP_SEQUENCE',
  length: 'MAX_TOKENS',
  tool_calls: 'TOOL_CALL',
  content_filter: 'ERROR_TOXIC',
};

function usageOf(usage: SimUsage, voice: SimVoice): JsonObject | undefined {
  const tokens = distortUsage({ input_tokens: usage.promptTokens, output_tokens: usage.completionTokens }, voice.usage);
  if (!tokens) return undefined;
  return { billed_units: tokens, tokens, ...(usage.cachedTokens > 0 && { cached_tokens: usage.cachedTokens }) };
}

const wireCall = (call: SimAnswer['calls'][number], written = call.arguments): JsonObject => ({
  id: call.id,
  type: 'function',
  function: { name: call.name, arguments: written },
});

/** Thoughts are content of a type of their own. */
function contentsOf(
  answer: SimAnswer,
): readonly { readonly type: 'thinking' | 'text'; readonly pieces: readonly string[] }[] {
  const thinking = answer.reasoning?.shown ? answer.reasoning.pieces : [];
  return [
    ...(thinking.length > 0 ? [{ type: 'thinking' as const, pieces: thinking }] : []),
    ...(answer.text.length > 0 ? [{ type: 'text' as const, pieces: answer.text }] : []),
  ];
}

function whole(answer: SimAnswer, voice: SimVoice): JsonObject {
  const usage = usageOf(answer.usage, voice);
  const content = contentsOf(answer).map(({ type, pieces }) => ({ type, [type]: pieces.join('') }));
  return {
    id: answer.id,
    finish_reason: FINISH[answer.finish],
    message: {
      role: 'assistant',
      ...(content.length > 0 && { content }),
      ...(answer.calls.length > 0 && { tool_calls: answer.calls.map((call) => wireCall(call)) }),
    },
    ...(usage && { usage }),
  };
}

const sseEvent = (type: string, members: JsonObject): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;

const event = (kind: SimFrame['kind'], type: string, members: JsonObject): SimFrame => ({
  kind,
  text: sseEvent(type, members),
});

function frames(answer: SimAnswer, voice: SimVoice): readonly SimFrame[] {
  const list: SimFrame[] = [
    event('frame', 'message-start', { id: answer.id, delta: { message: { role: 'assistant', content: [] } } }),
  ];
  for (const [index, { type, pieces }] of contentsOf(answer).entries()) {
    const said = (text: string): JsonObject => ({ index, delta: { message: { content: { [type]: text } } } });
    list.push(event('frame', 'content-start', { index, delta: { message: { content: { type, [type]: '' } } } }));
    for (const piece of pieces) list.push(event('content', 'content-delta', said(piece)));
    list.push(event('frame', 'content-end', { index }));
  }
  for (const [index, call] of answer.calls.entries()) {
    list.push(event('content', 'tool-call-start', { index, delta: { message: { tool_calls: wireCall(call, '') } } }));
    for (const piece of argumentPieces(call.arguments)) {
      const delta = { message: { tool_calls: { function: { arguments: piece } } } };
      list.push(event('content', 'tool-call-delta', { index, delta }));
    }
    list.push(event('frame', 'tool-call-end', { index }));
  }
  const usage = usageOf(answer.usage, voice);
  const delta = { finish_reason: FINISH[answer.finish], ...(usage && { usage }) };
  list.push(event('done', 'message-end', { id: answer.id, delta }));
  return list;
}

function failure(_status: number, message: string, { requestId, retryAfterSeconds: wait }: FailureDetail): SimFailure {
  return { headers: wait === null ? {} : { 'retry-after': String(wait) }, body: { id: requestId, message } };
}

/** The stream ends in an error: the reason to finish says so, and nothing else does. */
function failureFrame(_status: number, message: string): string {
  return sseEvent('message-end', { delta: { finish_reason: 'ERROR', error: message } });
}
