/** The door of the chat grammar: a body is checked once, never copied, and refused with its field's path. */
import { type GatewayError, invalidRequest } from '../../core/errors.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { check, refusalBy, typeName } from '../shared/client/refusal.ts';
import { type ChatFields, chatFields, type WireChatRequest, type WireMessage, type WireTool } from './wire-types.ts';

/**
 * unknown → wire. The value that comes back is the one that went in.
 * @throws GatewayError `client.invalid_request` with the field's path
 */
export function parseChatRequest(body: Json): WireChatRequest {
  if (!isJsonObject(body)) {
    throw invalidRequest('body', `expected a JSON object with \`model\` and \`messages\`, got ${typeName(body)}`);
  }
  if (!hasChatFields(body)) throw refusalOf(body);
  assertMessages(body.messages);
  body.tools?.forEach(assertTool);
  assertEffort(body);
  assertLimits(body);
  return body;
}

function hasChatFields(body: JsonObject): body is WireChatRequest {
  return check(chatFields, body).success;
}

// ---- rules that span fields ----

function assertMessages(messages: readonly WireMessage[]): void {
  messages.forEach((message, at) => {
    if (message.role === 'assistant') {
      message.tool_calls?.forEach((call, i) => {
        if (call.function || call.custom) return;
        throw invalidRequest(
          `messages[${at}].tool_calls[${i}].function`,
          'required: an object with name and arguments',
        );
      });
    }
    if (message.role === 'function' || message.role === 'assistant' || !Array.isArray(message.content)) return;
    message.content.forEach((part, i) => {
      const path = `messages[${at}].content[${i}]`;
      if (part.type === 'file' && !part.file.file_data && !part.file.file_id && !part.file.file_url) {
        throw invalidRequest(`${path}.file.file_data`, 'required: a data URL, an http(s) URL, or send file_id instead');
      }
      if (part.type === 'input_video' && !part.video_url && !part.input_video) {
        throw invalidRequest(`${path}.video_url`, 'required: an object with url');
      }
    });
  });
}

/** Tools that are asked for by their type alone. `builtin_function` is Moonshot's, forwarded to hosts that know it. */
const SERVER_TOOL = /^(openrouter:.+|web_search(_preview)?(_\d.*)?|builtin_function)$/;

/** Whether a tool runs on the server side of the API rather than in the caller. */
export function isServerTool(tool: WireTool): boolean {
  return typeof tool.type === 'string' && SERVER_TOOL.test(tool.type);
}

function assertTool(tool: WireTool, at: number): void {
  if (isServerTool(tool)) return;
  const type = tool.type ?? 'function';
  if (type !== 'function' && type !== 'custom') {
    throw invalidRequest(
      `tools[${at}].type`,
      `got ${JSON.stringify(type)}; accepted: "function", "custom", "web_search", "openrouter:<server tool>"`,
    );
  }
  if (!tool[type]) throw invalidRequest(`tools[${at}].${type}`, 'required: an object with name');
}

function assertEffort(fields: ChatFields): void {
  const inner = fields.reasoning?.effort;
  const outer = fields.reasoning_effort;
  if (inner && outer && inner !== outer) {
    throw invalidRequest(
      'reasoning_effort',
      `"${outer}" differs from reasoning.effort "${inner}"; send one of them, or the same value in both`,
    );
  }
}

function assertLimits(fields: ChatFields): void {
  if (fields.metadata && Object.keys(fields.metadata).length > 16) {
    throw invalidRequest('metadata', 'at most 16 pairs are accepted');
  }
}

/** The slow path, for bad bodies only: the schema is asked again for its reasons. */
function refusalOf(body: JsonObject): GatewayError {
  const messages = body['messages'];
  if (messages === undefined && body['prompt'] !== undefined) {
    return invalidRequest('prompt', 'this route takes `messages`; send `prompt` to /completions instead');
  }
  if (isJsonArray(messages) && messages.length === 0) {
    return invalidRequest('messages', 'must hold at least one message');
  }
  return refusalBy(chatFields, body, 'not a chat request');
}
