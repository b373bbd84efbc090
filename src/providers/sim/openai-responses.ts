/**
 * The simulated host as one of OpenAI's Responses grammar (https://platform.openai.com/docs/api-reference/responses): its items, its
 * events, and encrypted reasoning that proves itself when it comes back.
 */
import type { JsonObject } from '../../core/json.ts';
import type { SimAnswer, SimUsage } from './answer.ts';
import type { SimFrame, SimGrammar, SimVoice } from './grammar.ts';
import { argumentPieces, distortUsage, SIM_CREATED_SECONDS } from './grammar.ts';
import { errorOf, openAiFailure } from './openai-errors.ts';
import { readResponsesPrompt } from './openai-responses-prompt.ts';

export const openaiResponsesGrammar: SimGrammar = {
  dialect: 'openai-responses',
  readPrompt: readResponsesPrompt,
  whole,
  frames,
  failure: openAiFailure,
  failureFrame,
};

function usageOf(usage: SimUsage, voice: SimVoice): JsonObject | null {
  const counted = {
    input_tokens: usage.promptTokens,
    input_tokens_details: { cached_tokens: usage.cachedTokens, cache_write_tokens: usage.cacheWriteTokens },
    output_tokens: usage.completionTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.promptTokens + usage.completionTokens,
  };
  return distortUsage(counted, voice.usage) ?? null;
}

// ---- items ----

interface Item {
  readonly opened: JsonObject;
  readonly events: readonly ItemEvent[];
  readonly done: JsonObject;
}

/** An event of an item, without what every one of them carries. */
interface ItemEvent {
  readonly kind: SimFrame['kind'];
  readonly type: string;
  readonly members: JsonObject;
}

function itemsOf(answer: SimAnswer): readonly Item[] {
  const items: Item[] = [];
  if (answer.reasoning) items.push(reasoningItem(answer.id, answer.reasoning));
  if (answer.text.length > 0 || answer.calls.length === 0) items.push(messageItem(answer));
  for (const call of answer.calls) items.push(callItem(call));
  return items;
}

function reasoningItem(id: string, { pieces, signature, shown }: NonNullable<SimAnswer['reasoning']>): Item {
  const about = { id: `rs_${id}`, type: 'reasoning' };
  const place = { summary_index: 0 };
  const text = pieces.join('');
  const part = { type: 'summary_text', text };
  const events: ItemEvent[] = shown
    ? [
        event('frame', 'reasoning_summary_part.added', { ...place, part: { ...part, text: '' } }),
        ...pieces.map((delta) => event('content', 'reasoning_summary_text.delta', { ...place, delta })),
        event('frame', 'reasoning_summary_text.done', { ...place, text }),
        event('frame', 'reasoning_summary_part.done', { ...place, part }),
      ]
    : [];
  return {
    opened: { ...about, summary: [] },
    events,
    done: { ...about, summary: shown ? [part] : [], ...(signature !== null && { encrypted_content: signature }) },
  };
}

function messageItem({ id, text, finish }: SimAnswer): Item {
  const whole = text.join('');
  const about = { id: `msg_${id}`, type: 'message', role: 'assistant' };
  const place = { content_index: 0 };
  const part = { type: 'output_text', text: whole, annotations: [], logprobs: [] };
  return {
    opened: { ...about, status: 'in_progress', content: [] },
    events: [
      event('frame', 'content_part.added', { ...place, part: { ...part, text: '' } }),
      ...text.map((delta) => event('content', 'output_text.delta', { ...place, delta, logprobs: [] })),
      event('frame', 'output_text.done', { ...place, text: whole, logprobs: [] }),
      event('frame', 'content_part.done', { ...place, part }),
    ],
    done: { ...about, status: finish === 'length' ? 'incomplete' : 'completed', content: [part] },
  };
}

function customCallItem({ id, name, arguments: input }: SimAnswer['calls'][number]): Item {
  const about = { id: `ctc_${id}`, type: 'custom_tool_call', call_id: `call_${id}`, name };
  return {
    opened: { ...about, status: 'in_progress', input: '' },
    events: [
      ...argumentPieces(input).map((delta) => event('content', 'custom_tool_call_input.delta', { delta })),
      event('frame', 'custom_tool_call_input.done', { input }),
    ],
    done: { ...about, status: 'completed', input },
  };
}

function callItem(call: SimAnswer['calls'][number]): Item {
  if (call.custom) return customCallItem(call);
  const about = { id: `fc_${call.id}`, type: 'function_call', call_id: `call_${call.id}`, name: call.name };
  return {
    opened: { ...about, status: 'in_progress', arguments: '' },
    events: [
      ...argumentPieces(call.arguments).map((delta) => event('content', 'function_call_arguments.delta', { delta })),
      event('frame', 'function_call_arguments.done', { name: call.name, arguments: call.arguments }),
    ],
    done: { ...about, status: 'completed', arguments: call.arguments },
  };
}

function event(kind: SimFrame['kind'], type: string, members: JsonObject): ItemEvent {
  return { kind, type: `response.${type}`, members };
}

// ---- answer ----

const INCOMPLETE: Readonly<Record<string, string>> = { length: 'max_output_tokens', content_filter: 'content_filter' };

function responseOf(answer: SimAnswer, voice: SimVoice, output: readonly JsonObject[] | null): JsonObject {
  const reason = INCOMPLETE[answer.finish];
  const isOver = output !== null;
  return {
    id: `resp_${answer.id}`,
    object: 'response',
    created_at: SIM_CREATED_SECONDS,
    status: !isOver ? 'in_progress' : reason ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: isOver && reason ? { reason } : null,
    instructions: null,
    model: voice.model,
    output: output ?? [],
    parallel_tool_calls: true,
    previous_response_id: null,
    store: false,
    tool_choice: 'auto',
    tools: [],
    usage: isOver ? usageOf(answer.usage, voice) : null,
    metadata: {},
  };
}

function whole(answer: SimAnswer, voice: SimVoice): JsonObject {
  const items = itemsOf(answer).map(({ done }) => done);
  return responseOf(answer, voice, items);
}

function frames(answer: SimAnswer, voice: SimVoice): readonly SimFrame[] {
  const list: SimFrame[] = [];
  const push = (kind: SimFrame['kind'], type: string, members: JsonObject): void => {
    const data = JSON.stringify({ type, sequence_number: list.length, ...members });
    list.push({ kind, text: `event: ${type}\ndata: ${data}\n\n` });
  };
  const opening = { response: responseOf(answer, voice, null) };
  push('frame', 'response.created', opening);
  push('frame', 'response.in_progress', opening);
  const items = itemsOf(answer);
  for (const [output_index, item] of items.entries()) {
    const place = { output_index, item_id: String(item.done['id']) };
    push('frame', 'response.output_item.added', { output_index, item: item.opened });
    for (const { kind, type, members } of item.events) push(kind, type, { ...place, ...members });
    push('frame', 'response.output_item.done', { output_index, item: item.done });
  }
  const response = responseOf(
    answer,
    voice,
    items.map(({ done }) => done),
  );
  push('done', `response.${String(response['status'])}`, { response });
  return list;
}

function failureFrame(status: number, message: string): string {
  const { code } = errorOf(status, message, null);
  const data = { type: 'error', sequence_number: 1_000_000, code, message, param: null };
  return `event: error\ndata: ${JSON.stringify(data)}\n\n`;
}
