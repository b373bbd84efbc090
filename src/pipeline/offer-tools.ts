/** Server tools offered to a model: which of those a request asks for run here, and the request with functions in their place. */
import type { ChatRequest, ToolChoice } from '../core/chat.ts';
import type { Clock } from '../core/ids.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, stringAt } from '../core/json.ts';
import type { NanoUsd } from '../core/money.ts';
import type { Usage } from '../core/usage.ts';
import {
  SERVER_TOOL_CHOICE,
  SERVER_TOOLS,
  type ServerToolWish,
  type ServerToolWishes,
} from '../dialects/shared/gateway/server-tools.ts';
import type { ServerTool } from '../server-tools/tool.ts';
import { type OfferedTool, ToolLoop } from './tool-loop.ts';

/** What the loop needs besides the request. */
export interface ToolPorts {
  find(type: string): ServerTool | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What a usage costs at the endpoint that is asked. */
  readonly costOf: (usage: Usage) => NanoUsd;
  /** What the caller may still spend; null without a limit. */
  readonly left: () => NanoUsd | null;
}

/**
 * The loop of this request, or null where none of its server tools runs here.
 * @throws GatewayError of a tool that cannot be configured so
 */
export function openToolLoop(request: ChatRequest, wishes: ServerToolWishes, ports: ToolPorts): ToolLoop | null {
  const offered = offer(wishes.tools, request, ports);
  if (offered.length === 0) return null;
  return new ToolLoop({
    request: withFunctions(request, offered),
    tools: offered,
    bounds: { stopWhen: wishes.stopWhen, maxCalls: wishes.maxCalls, costOf: ports.costOf, left: ports.left },
    clock: ports.clock,
    signal: ports.signal,
  });
}

function offer(wishes: readonly ServerToolWish[], { tools }: ChatRequest, ports: ToolPorts): readonly OfferedTool[] {
  const taken = new Set(tools.map(({ name }) => name));
  return wishes.flatMap(({ type, parameters, field }) => {
    const tool = ports.find(type)?.configure(parameters, field);
    if (!tool) return [];
    let { name } = tool.definition;
    for (let n = 2; taken.has(name); n++) name = `${tool.definition.name}_${n}`;
    taken.add(name);
    return [{ name, type, tool }];
  });
}

/** What does not run here stays where it was: a dialect says what becomes of it. */
function withFunctions(request: ChatRequest, offered: readonly OfferedTool[]): ChatRequest {
  const { [SERVER_TOOLS]: listed, [SERVER_TOOL_CHOICE]: forced, ...options } = request.options;
  const isOffered = (tool: Json): boolean => offered.some(({ type }) => type === typeOf(tool));
  const left = isJsonArray(listed) ? listed.filter((tool) => !isOffered(tool)) : [];
  const chosen = offered.find(({ type }) => type === typeOf(forced));
  const toolChoice: ToolChoice | undefined = chosen ? { type: 'tool', name: chosen.name } : request.toolChoice;
  const kept: JsonObject = {
    ...options,
    ...(left.length > 0 && { [SERVER_TOOLS]: left }),
    ...(forced !== undefined && !chosen && { [SERVER_TOOL_CHOICE]: forced }),
  };
  return {
    ...request,
    ...(toolChoice && { toolChoice }),
    tools: [...request.tools, ...offered.map(({ name, tool }) => ({ ...tool.definition, name }))],
    options: kept,
  };
}

function typeOf(tool: Json | undefined): string | undefined {
  return isJsonObject(tool) ? stringAt(tool, 'type') : undefined;
}
