/** The door of the messages grammar: a body is checked once, never copied, and refused with its field's path. */
import { GatewayError, invalidRequest } from '../../../core/errors.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import { check, refusalBy, typeName } from '../../shared/client/refusal.ts';
import { isServerTool } from '../../shared/gateway/server-tools.ts';
import { type MessagesFields, messagesFields, type WireClientTool, type WireMessagesRequest } from './schema.ts';

/**
 * unknown → wire. The value that comes back is the one that went in.
 * @throws GatewayError `client.invalid_request` with the field's path
 */
export function parseMessagesRequest(body: Json): WireMessagesRequest {
  if (!isJsonObject(body)) {
    throw invalidRequest('body', `expected a JSON object with \`model\` and \`messages\`, got ${typeName(body)}`);
  }
  if (!hasMessagesFields(body)) throw refusalOf(body);
  assertStateless(body);
  body.tools?.forEach(assertTool);
  assertToolChoice(body);
  if (body.fallbacks && body.fallbacks.length > 0 && body.models && body.models.length > 0) {
    throw invalidRequest('fallbacks', 'says the same as `models`; send one of them');
  }
  return body;
}

function hasMessagesFields(body: JsonObject): body is WireMessagesRequest {
  return check(messagesFields, body).success;
}

/**
 * A conversation that the grammar's owner keeps (`thread`, of which the tool runners of its SDKs make use unasked). With this code
 * they go on by themselves with whole conversations; a request that was answered would be followed by one without its history.
 * https://github.com/anthropics/anthropic-sdk-typescript/blob/main/src/resources/messages/messages.ts (ThreadUnsupportedRequestError)
 */
function assertStateless({ thread }: JsonObject): void {
  if (thread === undefined || thread === null) return;
  throw new GatewayError(
    'client.invalid_request',
    'thread: nothing is stored here; send the whole conversation in `messages` instead',
    { field: 'thread', facts: { error_code: 'thread_unsupported_request' } },
  );
}

/** Whether the caller defines the tool; one with a type of its own is known to the grammar's owner by that type. */
export function isDefinedByCaller({ type }: Pick<WireClientTool, 'type'>): boolean {
  return type === undefined || type === null || type === 'custom';
}

function assertTool(tool: WireClientTool, at: number): void {
  if (!isDefinedByCaller(tool)) return;
  if (!tool.name) throw invalidRequest(`tools[${at}].name`, 'required: a string');
  if (!tool.input_schema) throw invalidRequest(`tools[${at}].input_schema`, 'required: a JSON Schema of type object');
}

const CHOICES: readonly string[] = ['auto', 'any', 'tool', 'none'];

function assertToolChoice({ tool_choice: choice }: MessagesFields): void {
  if (!choice) return;
  if (!CHOICES.includes(choice.type) && !isServerTool(choice.type)) {
    const accepted = CHOICES.map((type) => JSON.stringify(type)).join(', ');
    throw invalidRequest('tool_choice.type', `got ${JSON.stringify(choice.type)}; accepted: ${accepted}`);
  }
  if (choice.type === 'tool' && !choice.name) throw invalidRequest('tool_choice.name', 'required: a tool’s name');
}

/** The slow path, for bad bodies only: the schema is asked again for its reasons. */
function refusalOf(body: JsonObject): GatewayError {
  const { messages } = body;
  if (isJsonArray(messages) && messages.length === 0) {
    return invalidRequest('messages', 'must hold at least one message');
  }
  return refusalBy(messagesFields, body, 'not a messages request');
}
