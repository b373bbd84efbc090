/** The door of the chat grammar: a body is checked once, never copied, and refused with its field's path. */
import type { z } from 'zod';
import { type GatewayError, invalidRequest } from '../../core/errors.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
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
  return chatFields.safeParse(body).success;
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

// ---- what is wrong, said once and plainly ----

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** The slow path, for bad bodies only: the schema is asked again for its reasons. */
function refusalOf(body: JsonObject): GatewayError {
  const messages = body['messages'];
  if (messages === undefined && body['prompt'] !== undefined) {
    return invalidRequest('prompt', 'this route takes `messages`; send `prompt` to /completions instead');
  }
  if (isJsonArray(messages) && messages.length === 0) {
    return invalidRequest('messages', 'must hold at least one message');
  }
  const issue = chatFields.safeParse(body).error?.issues[0];
  if (!issue) return invalidRequest('body', 'not a chat request');
  const { path, text } = explain(issue, [], body);
  return invalidRequest(pathText(path), text);
}

interface Explanation {
  readonly path: Path;
  readonly text: string;
}

function explain(issue: Issue, base: Path, body: Json): Explanation {
  const path = [...base, ...issue.path];
  const value = valueAt(body, path);
  const accepted = acceptedBy(issue);
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The alternative that got furthest into the value is the one the caller meant.
    const inside = issue.errors.flatMap((alternative) => alternative.slice(0, 1));
    const deepest = inside.reduce((best, next) => (reach(next) > reach(best) ? next : best));
    if (reach(deepest) > 0) return explain(deepest, path, body);
  }
  if (value === undefined) return { path, text: accepted ? `required: ${accepted}` : 'required' };
  const got = accepted?.startsWith('"') || issue.code === 'too_big' || issue.code === 'too_small';
  if (accepted) return { path, text: `got ${got ? shown(value) : typeName(value)}; accepted: ${accepted}` };
  return { path, text: issue.message };
}

/** How far an alternative agreed with the value: into its members, or at least about its type. */
function reach(issue: Issue): number {
  if (issue.code === 'invalid_union') {
    const inside = issue.errors.flatMap((alternative) => alternative.slice(0, 1).map(reach));
    return issue.path.length + Math.max(0, ...inside);
  }
  const ofTheRightType = issue.code === 'too_big' || issue.code === 'too_small' || issue.code === 'invalid_format';
  return issue.path.length + (ofTheRightType ? 0.5 : 0);
}

function acceptedBy(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'an integer' : issue.expected;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(', ');
    case 'invalid_format':
      return issue.message;
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'invalid_union':
      if (issue.errors.length === 0) return optionsOf(issue);
      return issue.errors.flatMap((alternative) => alternative.slice(0, 1).map(acceptedBy)).join(', or ');
    case 'invalid_key':
      return issue.issues.slice(0, 1).map(acceptedBy).join('');
    case 'custom':
      return issue.message.replace(/^expected /, '');
    default:
      return undefined;
  }
}

/** The known values of a discriminator (`type`, `role`), which the library adds beside its declared members. */
function optionsOf(issue: object): string | undefined {
  if (!('options' in issue) || !Array.isArray(issue.options)) return undefined;
  return issue.options.map((option) => JSON.stringify(option)).join(', ');
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}

function valueAt(body: Json, path: Path): Json | undefined {
  let value: Json | undefined = body;
  for (const step of path) {
    if (isJsonArray(value)) value = value[Number(step)];
    else if (isJsonObject(value) && typeof step === 'string' && Object.hasOwn(value, step)) value = value[step];
    else return undefined;
  }
  return value;
}

function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text ? `.${String(step)}` : String(step);
  }
  return text || 'body';
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (isJsonArray(value)) return 'array';
  return typeof value;
}

/** The value as the caller wrote it, unless it is long: error texts stay short and hold no prompt. */
function shown(value: Json): string {
  if (isJsonArray(value)) return `${value.length} items`;
  if (typeof value === 'string' && value.length > 64) return `${value.length} characters`;
  return isJsonObject(value) ? 'object' : JSON.stringify(value);
}
