/**
 * Whether a request can go to this host as the caller wrote it. What hosts of this grammar do not share — words of one host,
 * words from before there were tools, media where only user turns carry it — is read into the core and written as the host
 * takes it: the translate lane. Nearly every request is relayed.
 */
import type { UpstreamContext } from '../dialect.ts';
import type { HostQuirks } from '../host.ts';
import { isServerTool } from '../shared/gateway/server-tools.ts';
import type { WireChatRequest, WireMessage, WireTool, WireToolChoice } from './wire-types.ts';

export function canRelay(context: UpstreamContext, wire: WireChatRequest): boolean {
  const { quirks } = context.host;
  // Reasoning between tags and repeated text must be taken apart.
  if (quirks.thinkTags || quirks.cumulativeStream) return false;
  // A host of the whole contract sorts out everything by itself.
  if (quirks.gatewayFields) return true;
  if (wire.functions || wire.function_call) return false;
  if (wire.tools?.some(isOurs) || isUnshared(wire.tool_choice)) return false;
  return canRelayTraits(context, wire) && canRelayMessages(context, wire.messages);
}

/** Custom tools are offered as functions, as their calls are answered; `openrouter:` tools are no host's. */
function isOurs({ type }: WireTool): boolean {
  return type === 'custom' || isServerTool(type);
}

/** Anything but OpenAI's first four forms: `any`, `{type: "tool", name}`, `allowed_tools`, another's. */
function isUnshared(choice: WireToolChoice | null | undefined): boolean {
  if (!choice || choice === 'none' || choice === 'auto' || choice === 'required') return false;
  return choice === 'any' || choice.type !== 'function' || !choice.function;
}

function canRelayTraits({ traits }: UpstreamContext, wire: WireChatRequest): boolean {
  if (traits.forcedToolUse === false && wire.tool_choice && wire.tool_choice !== 'auto') return false;
  return traits.jsonSchema !== false || wire.response_format?.type !== 'json_schema';
}

function canRelayMessages({ host, traits }: UpstreamContext, messages: readonly WireMessage[]): boolean {
  const { quirks } = host;
  const marksPrefill = quirks.prefillField !== undefined || traits.prefill === false;
  if (marksPrefill && messages.at(-1)?.role === 'assistant') return false;
  return messages.every((message, at) => {
    if (quirks.strictAlternation && message.role === messages[at - 1]?.role) return false;
    if (message.role === 'function' || (message.role === 'tool' && !message.tool_call_id)) return false;
    if (message.role === 'assistant' && hasOddCalls(message)) return false;
    return !Array.isArray(message.content) || canRelayParts(message.role, message.content, quirks);
  });
}

/** Words from before there were tools, custom tools, arguments that are no JSON text: some hosts parse them. */
function hasOddCalls({ function_call: old, tool_calls: calls }: Extract<WireMessage, { role: 'assistant' }>): boolean {
  if (old) return true;
  return calls?.some(({ id, function: fn }) => !id || !fn?.arguments || typeof fn.arguments !== 'string') === true;
}

/** Only user turns carry media. Files and reasoning in the content have words of their own where addresses are plain. */
function canRelayParts(role: string, parts: readonly { readonly type: string }[], quirks: HostQuirks): boolean {
  return parts.every(({ type }) => {
    switch (type) {
      case 'text':
      case 'refusal':
        return true;
      case 'thinking':
      case 'reference':
        return quirks.plainMediaUrls === true;
      case 'document_url':
        return role === 'user' && quirks.plainMediaUrls === true;
      case 'file':
        return role === 'user' && quirks.plainMediaUrls !== true;
      case 'input_video':
        return false;
      default:
        return role === 'user';
    }
  });
}
