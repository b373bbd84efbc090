/**
 * Whether a request can go to this host as the caller wrote it. What hosts of this grammar do not share — OpenRouter's own
 * words, older forms — is read into the core and written as the host takes it: the translate lane.
 */
import { isJsonArray, isJsonObject, type Json, type JsonObject, stringAt } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { isServerTool } from '../../shared/gateway/server-tools.ts';
import { excludesReasoning } from '../client/demand.ts';
import type { WireResponsesRequest } from '../wire-types.ts';

export function canRelay(context: UpstreamContext, wire: WireResponsesRequest): boolean {
  const { quirks } = context.host;
  // Reasoning between tags and repeated text must be taken apart.
  if (quirks.thinkTags || quirks.cumulativeStream) return false;
  // A host of the whole contract sorts out everything by itself.
  if (quirks.gatewayFields) return true;
  if (excludesReasoning(wire)) return false;
  if (wire.tools?.some(isUnshared) || isUnsharedChoice(wire.tool_choice, context)) return false;
  if (!quirks.ownerTools && needsOwnerTools(wire)) return false;
  return canRelayFormat(wire, context) && canRelayInput(wire.input, context);
}

/** OpenRouter's tools are no host's; chat's form has the definition one level deeper. */
function isUnshared(tool: JsonObject): boolean {
  const type = stringAt(tool, 'type') ?? '';
  return isServerTool(type) || isJsonObject(tool[type]);
}

const OWNER_TOOLS: ReadonlySet<string> = new Set(['custom', 'namespace', 'tool_search']);
const OWNER_ITEMS: ReadonlySet<string> = new Set([
  'custom_tool_call',
  'custom_tool_call_output',
  'additional_tools',
  'tool_search_call',
  'tool_search_output',
]);

/** Kinds of tools that most hosts refuse, and what a conversation says of them. */
function needsOwnerTools({ tools, input }: WireResponsesRequest): boolean {
  if (tools?.some((tool) => OWNER_TOOLS.has(stringAt(tool, 'type') ?? ''))) return true;
  if (typeof input === 'string') return false;
  const items: readonly JsonObject[] = input;
  return items.some((item) => OWNER_ITEMS.has(stringAt(item, 'type') ?? '') || Boolean(item['namespace']));
}

function isUnsharedChoice(choice: WireResponsesRequest['tool_choice'], { traits, host }: UpstreamContext): boolean {
  if (!choice || choice === 'auto' || choice === 'none') return false;
  if (traits.forcedToolUse === false) return true;
  if (choice === 'required') return false;
  const { type } = choice;
  if (type === 'allowed_tools') return !host.quirks.ownerTools;
  // Another grammar's ways to say it, and tools that no host runs.
  return ['auto', 'none', 'required'].includes(type) || isServerTool(type);
}

function canRelayFormat({ text }: WireResponsesRequest, { traits }: UpstreamContext): boolean {
  const format = text?.format;
  if (!format || format.type === 'text' || format.type === 'json_object') return true;
  return format.type === 'json_schema' && traits.jsonSchema !== false && Boolean(format.name && format.schema);
}

function canRelayInput(input: WireResponsesRequest['input'], { traits }: UpstreamContext): boolean {
  if (typeof input === 'string') return true;
  const items: readonly JsonObject[] = input;
  if (traits.prefill === false && items.at(-1)?.['role'] === 'assistant') return false;
  return items.every((item) => {
    // Frameworks that keep the arguments parsed send an object; a result without an id answers the oldest call.
    if (item['type'] === 'function_call') return typeof item['arguments'] === 'string';
    if (item['type'] === 'function_call_output' && !item['call_id']) return false;
    return areShared(item['content']) && areShared(item['output']);
  });
}

/** `text` is what the grammar's first version called its parts; videos are OpenRouter's addition. */
function areShared(parts: Json | undefined): boolean {
  if (!isJsonArray(parts)) return true;
  return parts.every((part) => !isJsonObject(part) || (part['type'] !== 'text' && part['type'] !== 'input_video'));
}
