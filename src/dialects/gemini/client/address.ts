/**
 * What an address of this grammar says: which model, and what is to be done. The model stands in the path, its slashes escaped or
 * not, after `models/`; Vertex AI's clients put its author before that, and a project and a place before all. The AI SDK writes
 * `models/` only before a name without a slash.
 * https://ai.google.dev/api/generate-content · https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
 */
import { GatewayError, invalidRequest } from '../../../core/errors.ts';

/** Of models that converse. */
export const ACTIONS = ['generateContent', 'streamGenerateContent', 'countTokens'] as const;
/** Of models that make embeddings. */
export const EMBED_ACTIONS = ['embedContent', 'batchEmbedContents'] as const;
export type Action = (typeof ACTIONS)[number] | (typeof EMBED_ACTIONS)[number];
const EVERY_ACTION = [...ACTIONS, ...EMBED_ACTIONS].join('|');

const BASE = `^(?:/api)?(?:/v1)?/v1(?:alpha|beta1?)?`;
const PLACE = `(?:/projects/[^/]+/locations/[^/]+)?(?:/publishers/([^/]+))?`;
const CALL = new RegExp(`${BASE}${PLACE}/models/(.+):(${EVERY_ACTION})$`);
const BARE_CALL = new RegExp(`${BASE}/([^/:]+/[^/:]+(?::[^/:]+)*):(${EVERY_ACTION})$`);
/** Versions that no other grammar has: their lists of models are this grammar's, whoever asks. */
const OWN_BASE = `^(?:/api)?(?:/v1)?/v1(?:alpha|beta1?)`;
const LIST = new RegExp(`${OWN_BASE}${PLACE}/models$`);
const MODEL = new RegExp(`${OWN_BASE}${PLACE}/models/([^:]+(?::(?!${EVERY_ACTION})[^:/]+)*)$`);
const OWN = new RegExp(`${OWN_BASE}(?:/|$)`);

// `type`, not `interface`: only aliases are assignable to a record.
export type CallAddress = {
  /** As written in the path, escapes and all. */
  readonly model: string;
  readonly publisher: string;
};

/** The model of a call of this action; null for any other path. */
export function callAddress(path: string, action: Action): CallAddress | null {
  const [, publisher = '', model = '', said] = CALL.exec(path) ?? [];
  if (said !== undefined) return said === action ? { model, publisher } : null;
  const [, bare = '', asked] = BARE_CALL.exec(path) ?? [];
  return asked === action ? { model: bare, publisher: '' } : null;
}

export const isModelList = (path: string): boolean => LIST.test(path);

export function modelAddress(path: string): CallAddress | null {
  const [, publisher = '', model = ''] = MODEL.exec(path) ?? [];
  return model === '' ? null : { model, publisher };
}

/** Whether errors about a path are best said in this grammar. */
export const isOwnPath = (path: string): boolean => OWN.test(path) || CALL.test(path) || BARE_CALL.test(path);

/**
 * The model's name as a caller of any grammar would write it. A model of Google's own stands without its author.
 * @throws GatewayError `client.invalid_request` where the path cannot be read
 */
export function modelNamed({ model, publisher }: CallAddress): string {
  const name = unescaped(model).replace(/^models\//, '');
  return publisher === '' || publisher === 'google' || name.includes('/') ? name : `${publisher}/${name}`;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidRequest('model', 'the path holds a percent sign that begins no escape; write it as %25');
  }
}

/** `alt=sse` asks for server-sent events; without it a stream is one JSON array. */
export function framingOf(query: URLSearchParams): 'sse' | 'json' {
  return query.get('alt') === 'sse' || query.get('$alt')?.startsWith('sse') ? 'sse' : 'json';
}

/**
 * Google takes a key as `?key=`; here it is refused, as addresses are written to the logs of everything they pass.
 * The refusal does not repeat it.
 */
export function keyInAddress(query: URLSearchParams): GatewayError | null {
  const name = ['key', 'access_token'].find((each) => query.has(each));
  if (name === undefined) return null;
  return new GatewayError(
    'client.invalid_request',
    `The address carries a credential (?${name}=…), which ends up in logs. Send the key in the header x-goog-api-key instead, and replace this one if it was real.`,
    { field: name },
  );
}

/** Whether a client of Google's asks: its own headers tell, where a path is another grammar's too (`/v1/models`). */
export function isOwnClient(headers: { has(name: string): boolean }): boolean {
  return headers.has('x-goog-api-key') || headers.has('x-goog-api-client');
}
