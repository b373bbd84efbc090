/** The door of the responses grammar: a body is checked once, never copied, and refused with its field's path. */
import { invalidRequest } from '../../../core/errors.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import { check, refusalBy, typeName } from '../../shared/client/refusal.ts';
import { type ResponsesFields, responsesFields, type WireResponsesRequest } from '../wire-types.ts';

/**
 * unknown → wire. The value that comes back is the one that went in.
 * @throws GatewayError `client.invalid_request` with the field's path
 */
export function parseResponsesRequest(body: Json): WireResponsesRequest {
  if (!isJsonObject(body)) {
    throw invalidRequest('body', `expected a JSON object with \`model\` and \`input\`, got ${typeName(body)}`);
  }
  assertStateless(body);
  if (!hasResponsesFields(body)) throw refusalBy(responsesFields, body, 'not a responses request');
  body.tools?.forEach((tool, at) => {
    assertTool(tool, `tools[${at}]`);
  });
  assertLimits(body);
  return body;
}

function hasResponsesFields(body: JsonObject): body is WireResponsesRequest {
  return check(responsesFields, body).success;
}

// ---- what would need stored responses ----

const SEND_ALL = 'nothing is stored here; send the whole conversation in `input` instead';

/** Fields whose meaning is something stored at the vendor → what to do instead. */
const STATEFUL: Readonly<Record<string, string>> = {
  previous_response_id: SEND_ALL,
  conversation: SEND_ALL,
  prompt: 'prompt templates are not stored here; send the text in `instructions` and `input`, or use a preset',
};

function assertStateless(body: JsonObject): void {
  for (const [field, cure] of Object.entries(STATEFUL)) {
    if (body[field] !== undefined && body[field] !== null) throw invalidRequest(field, cure);
  }
  if (body['store'] === true)
    throw invalidRequest('store', 'responses are not stored here; leave it out or send false');
  if (body['background'] === true) {
    throw invalidRequest('background', 'responses run while the caller waits; leave it out, and stream long answers');
  }
  if (isJsonArray(body['input'])) body['input'].forEach(assertNoReference);
}

/** An item of nothing but an id is a reference, too. */
function assertNoReference(item: Json, at: number): void {
  if (!isJsonObject(item)) return;
  const { type, role, id } = item;
  const isBare = (type === undefined || type === null) && role === undefined && id !== undefined;
  if (type === 'item_reference' || isBare) {
    throw invalidRequest(
      `input[${at}]`,
      `a reference to a stored item: ${SEND_ALL}, as clients do with \`store: false\``,
    );
  }
}

// ---- rules that span fields ----

const NAMED_TOOLS: readonly string[] = ['function', 'custom', 'namespace'];

function assertTool(tool: JsonObject, path: string): void {
  const { type } = tool;
  if (typeof type !== 'string') throw invalidRequest(`${path}.type`, 'required: a string');
  if (!NAMED_TOOLS.includes(type)) return;
  // Chat's form, with the definition one level deeper, is taken too.
  const inner = isJsonObject(tool[type]) ? tool[type] : tool;
  if (typeof inner['name'] !== 'string' || inner['name'] === '') {
    throw invalidRequest(`${path}.name`, 'required: a string');
  }
  if (type !== 'namespace') return;
  const { tools } = tool;
  if (!Array.isArray(tools)) throw invalidRequest(`${path}.tools`, 'required: a list of functions and custom tools');
  tools.forEach((member: Json, at) => {
    if (!isJsonObject(member))
      throw invalidRequest(`${path}.tools[${at}]`, `got ${typeName(member)}; accepted: object`);
    assertTool(member, `${path}.tools[${at}]`);
  });
}

function assertLimits(fields: ResponsesFields): void {
  if (fields.metadata && Object.keys(fields.metadata).length > 16) {
    throw invalidRequest('metadata', 'at most 16 pairs are accepted');
  }
}
