/** What every request of one question shares: who is asked, what is asked of the gateway itself, and fields that nobody knows. */
import { z } from 'zod';
import type { Part } from '../../../core/chat.ts';
import type { Demand, InputModality } from '../../../core/demand.ts';
import { invalidRequest } from '../../../core/errors.ts';
import { emptyJsonObject, type JsonObject, stringAt } from '../../../core/json.ts';
import type { Note, Translated } from '../../../core/note.ts';
import type { UpstreamContext, UpstreamRequest } from '../../dialect.ts';
import { gatewayFields, modelsOf, preferencesOf } from '../gateway/fields.ts';
import { tellGateway } from '../gateway/host.ts';

/** To spread into a request's schema. */
export const wholeFields = {
  provider: gatewayFields.provider,
  models: gatewayFields.models,
  session_id: gatewayFields.session_id,
  trace: gatewayFields.trace,
  user: z.string().nullish(),
};

/** Fields of a chat request that ask the gateway for something which there is no conversation for. */
const OF_CHATS: readonly string[] = ['preset', 'plugins', 'transforms', 'stop_server_tools_when'];
const GATEWAY_FIELDS: ReadonlySet<string> = new Set([...Object.keys(gatewayFields), ...Object.keys(wholeFields)]);
/** What a host that is a gateway too is told of a request of this sort; `provider` is told it in our words. */
const PASSED_ON: readonly string[] = ['session_id', 'trace'];

const CHARACTERS_PER_TOKEN = 4;

/** Rough, as for any prompt: for routing, and for the bill where the host tells no usage. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** What a kind says of its request. */
export interface AskedContent {
  /** The field that holds it. */
  readonly contentField: string;
  /** All that is billed. */
  readonly promptTokensEstimate: number;
  /** The longest that must fit into the model at once. */
  readonly longestPromptEstimate: number;
  /** `text` aside. */
  readonly inputModalities: readonly InputModality[];
}

/** What routing must know of a request. */
export function demandOfWhole(wire: JsonObject, content: AskedContent): Demand {
  return {
    ...content,
    models: modelsOf(wire),
    preferences: preferencesOf(wire),
    stream: false,
    parameters: [],
    // The kind of the exchange says what is made.
    outputModalities: [],
    maxOutputTokens: 0,
    sessionId: stringAt(wire, 'session_id') ?? null,
    promptCacheKey: null,
    marksCache: false,
    user: stringAt(wire, 'user') ?? null,
    hasTools: false,
    serviceTier: null,
    plugins: [],
  };
}

/** For kinds that have no usual model. @throws GatewayError `client.invalid_request` where none is named */
export function withModel(demand: Demand): Demand {
  if (demand.models.length > 0) return demand;
  throw invalidRequest('model', 'required; name a model as author/slug');
}

/** The content kinds of these parts, as routing knows them. */
export function modalitiesOf(parts: readonly Part[]): readonly InputModality[] {
  return [...new Set(parts.flatMap(({ type }) => (type === 'text' ? [] : [type])))];
}

/** The members of a question that are read the same for every kind. @param known fields of the kind itself */
export function sharedMembers(wire: JsonObject, known: ReadonlySet<string>) {
  const user = stringAt(wire, 'user');
  const extras = emptyJsonObject();
  const asked = emptyJsonObject();
  for (const [field, value] of Object.entries(wire)) {
    if (value === undefined || value === null) continue;
    if (PASSED_ON.includes(field)) asked[field] = value;
    if (!known.has(field) && !GATEWAY_FIELDS.has(field)) extras[field] = value;
  }
  return { ...(user !== undefined && { user }), gatewayFields: asked, extras };
}

/** Wishes for a conversation, in a request that is none. */
export function notForThisKind(wire: JsonObject): readonly Note[] {
  return OF_CHATS.filter((field) => wire[field] !== undefined && wire[field] !== null).map((field) => ({
    code: 'parameter.dropped',
    field,
    message: 'it is for conversations, and this request is none',
  }));
}

// ---- upstream ----

/** The members that every question has for a host of OpenAI's family. */
export interface SharedMembers {
  readonly user?: string;
  readonly gatewayFields: JsonObject;
  readonly extras: JsonObject;
}

/**
 * A request as hosts of the caller's grammar take it: fields that nobody knows go on by value, the host's renames, refusals and
 * defaults are applied.
 * @param own the fields of the kind, in the caller's names; undefined = not said
 */
export function requestLike(
  path: string,
  own: JsonObject,
  { user, gatewayFields: asked, extras }: SharedMembers,
  context: UpstreamContext,
): Translated<UpstreamRequest> {
  const { quirks, providerName } = context.host;
  const notes: Note[] = [];
  const body = emptyJsonObject();
  Object.assign(body, quirks.defaults, { model: context.upstreamModel });
  const dropped = (field: string, message: string) => notes.push({ code: 'parameter.dropped', field, message });
  for (const [field, value] of Object.entries({ ...own, ...(user !== undefined && { user }) })) {
    if (value === undefined) continue;
    if (quirks.rejects?.includes(field)) dropped(field, `${providerName} does not take ${field}`);
    else body[quirks.renames?.[field] ?? field] = value;
  }
  for (const [field, value] of Object.entries(extras)) {
    if (quirks.refusesUnknownFields || quirks.rejects?.includes(field)) {
      dropped(field, `${providerName} refuses fields it does not know`);
    } else body[quirks.renames?.[field] ?? field] = value;
  }
  for (const field of Object.keys(asked)) if (quirks.gatewayFields?.includes(field)) body[field] = asked[field];
  const headers = tellGateway(body, context);
  return { value: { path, headers, body }, notes };
}

/** Those of the unknown fields that a grammar knows. */
export function picked({ extras }: SharedMembers, fields: readonly string[]): JsonObject {
  return Object.fromEntries(fields.flatMap((field) => (extras[field] === undefined ? [] : [[field, extras[field]]])));
}

/** Notes for fields that another grammar has no words for. @param spoken those it does */
export function unspoken(
  { extras, user }: SharedMembers,
  { host }: UpstreamContext,
  spoken: readonly string[] = [],
): readonly Note[] {
  const fields = [...Object.keys(extras), ...(user === undefined ? [] : ['user'])];
  return fields
    .filter((field) => !spoken.includes(field))
    .map((field) => ({
      code: 'parameter.dropped',
      field,
      message: `${host.providerName}'s interface has no word for ${field}`,
    }));
}
