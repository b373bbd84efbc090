/** The response object: what the request asked, repeated with every member that clients expect, and what became of it. */
import type { FinishReason } from '../../../core/chat.ts';
import { type JsonObject, objectAt } from '../../../core/json.ts';
import type { ReplyHead } from '../../dialect.ts';
import { responseId } from '../shared/response-ids.ts';
import type { WireResponsesRequest } from '../wire-types.ts';

/** All but status, output and usage; what the caller left to the model is null. */
export function responseBase(wire: WireResponsesRequest, head: ReplyHead): JsonObject {
  const { reasoning, text } = wire;
  return {
    id: responseId(head.id),
    object: 'response',
    created_at: head.createdSeconds,
    status: 'in_progress',
    completed_at: null,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: wire.instructions ?? null,
    max_output_tokens: wire.max_output_tokens ?? null,
    max_tool_calls: wire.max_tool_calls ?? null,
    metadata: wire.metadata ?? {},
    model: head.model,
    output: [],
    parallel_tool_calls: wire.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt_cache_key: wire.prompt_cache_key ?? null,
    reasoning: {
      effort: reasoning?.effort ?? null,
      summary: reasoning?.summary ?? reasoning?.generate_summary ?? null,
    },
    safety_identifier: wire.safety_identifier ?? null,
    service_tier: wire.service_tier ?? null,
    store: false,
    temperature: wire.temperature ?? null,
    text: { ...text, format: text?.format ?? { type: 'text' } },
    tool_choice: wire.tool_choice ?? 'auto',
    tools: (wire.tools ?? []).map(toolJson),
    top_logprobs: wire.top_logprobs ?? null,
    top_p: wire.top_p ?? null,
    presence_penalty: wire.presence_penalty ?? null,
    frequency_penalty: wire.frequency_penalty ?? null,
    truncation: wire.truncation ?? 'disabled',
    usage: null,
    user: wire.user ?? null,
  };
}

/** A function has all its members, however it was written. */
function toolJson(tool: JsonObject): JsonObject {
  if (tool['type'] !== 'function') return tool;
  const { function: _, ...rest } = tool;
  const flat = { ...objectAt(tool, 'function'), ...rest };
  return { description: null, parameters: null, strict: null, ...flat };
}

/** How the answer ended. */
export function endOf(finish: FinishReason | null, nativeFinish: string | null): JsonObject {
  switch (finish) {
    case 'length':
      return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    case 'content_filter':
      return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
    case 'error': {
      const message = `The model broke off its answer${nativeFinish ? ` (${nativeFinish})` : ''}.`;
      return { status: 'failed', error: { code: 'server_error', message }, error_type: 'provider_unavailable' };
    }
    case 'stop':
    case 'tool_calls':
    case null:
      return { status: 'completed' };
  }
}
