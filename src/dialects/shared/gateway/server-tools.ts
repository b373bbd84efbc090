/**
 * Server tools in a request, the same in every client grammar (OpenRouter's API): entries of `tools` whose type begins with
 * `openrouter:`, and what bounds their loop. A decoder of a client grammar puts the entries by value into
 * `options.server_tools` and a choice that forces one into `options.server_tool_choice`.
 */
import {
  arrayAt,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  numberAt,
  stringAt,
} from '../../../core/json.ts';

export const SERVER_TOOLS = 'server_tools';
export const SERVER_TOOL_CHOICE = 'server_tool_choice';
const PREFIX = 'openrouter:';

export interface ServerToolWish {
  /** `openrouter:…`. */
  readonly type: string;
  readonly parameters: JsonObject;
  /** Where it stands in the body: `tools[2]`. */
  readonly field: string;
}

/** What ends the loop early (OpenRouter's API, `stop_server_tools_when`): the first that holds. */
export type StopCondition =
  | { readonly type: 'step_count_is'; readonly stepCount: number }
  | { readonly type: 'has_tool_call'; readonly toolName: string }
  | { readonly type: 'max_tokens_used'; readonly maxTokens: number }
  | { readonly type: 'max_cost'; readonly maxCostUsd: number }
  | { readonly type: 'finish_reason_is'; readonly reason: string };

export interface ServerToolWishes {
  readonly tools: readonly ServerToolWish[];
  readonly stopWhen: readonly StopCondition[];
  /** `max_tool_calls`; null = the gateway's own bound. */
  readonly maxCalls: number | null;
}

/** Whether a tool of this type, or a choice that forces one, is the gateway's: no host runs it. */
export function isServerTool(type: string | null | undefined): type is `${typeof PREFIX}${string}` {
  return type?.startsWith(PREFIX) === true;
}

/** Null where the request asks for none. */
export function serverToolsOf(wire: JsonObject): ServerToolWishes | null {
  const listed = wire['tools'];
  if (!isJsonArray(listed)) return null;
  const tools = listed.flatMap((tool, at): ServerToolWish[] => {
    const type = isJsonObject(tool) ? stringAt(tool, 'type') : undefined;
    if (!isJsonObject(tool) || !isServerTool(type)) return [];
    const parameters = isJsonObject(tool['parameters']) ? tool['parameters'] : {};
    return [{ type, parameters, field: `tools[${at}]` }];
  });
  if (tools.length === 0) return null;
  return {
    tools,
    stopWhen: (arrayAt(wire, 'stop_server_tools_when') ?? []).flatMap(stopCondition),
    maxCalls: numberAt(wire, 'max_tool_calls') ?? null,
  };
}

function stopCondition(value: Json): readonly StopCondition[] {
  if (!isJsonObject(value)) return [];
  const stepCount = numberAt(value, 'step_count');
  const toolName = stringAt(value, 'tool_name');
  const maxTokens = numberAt(value, 'max_tokens');
  const maxCostUsd = numberAt(value, 'max_cost_in_dollars');
  const reason = stringAt(value, 'reason');
  switch (value['type']) {
    case 'step_count_is':
      return stepCount === undefined ? [] : [{ type: 'step_count_is', stepCount }];
    case 'has_tool_call':
      return toolName === undefined ? [] : [{ type: 'has_tool_call', toolName }];
    case 'max_tokens_used':
      return maxTokens === undefined ? [] : [{ type: 'max_tokens_used', maxTokens }];
    case 'max_cost':
      return maxCostUsd === undefined ? [] : [{ type: 'max_cost', maxCostUsd }];
    case 'finish_reason_is':
      return reason === undefined ? [] : [{ type: 'finish_reason_is', reason }];
    default:
      return [];
  }
}
