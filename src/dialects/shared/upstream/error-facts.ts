/** What an error body says, whatever its shape (docs/sources.md): one reading for all hosts of this grammar. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';

export interface ErrorFacts {
  readonly message: string;
  /** Machine-readable words, lower-case: code, type and error_type, whichever are there. */
  readonly words: readonly string[];
  readonly code: string | undefined;
  /** An HTTP status named inside the body: hosts answer errors with status 200. */
  readonly status: number | undefined;
  /** The error's own object, for hints on when to come back. */
  readonly member: JsonObject;
  /** Set where the host is a gateway and tells what a provider behind it answered: that is not about our credential. */
  readonly isPassedOn?: boolean;
}

export function factsOf(body: Json): ErrorFacts {
  if (typeof body === 'string') return textFacts(body);
  // Gemini's compatible door wraps the object in a list.
  if (isJsonArray(body)) return body[0] === undefined ? textFacts('') : factsOf(body[0]);
  if (!isJsonObject(body)) return textFacts(String(body));
  const base = objectAt(body, 'base_resp');
  if (base) return minimaxFacts(base);
  const { error } = body;
  if (isJsonObject(error)) return memberFacts(error);
  if (typeof error === 'string') return { ...memberFacts(body), message: error };
  if (body['detail'] !== undefined) return { ...memberFacts(body), message: detailText(body['detail']) };
  return memberFacts(body);
}

function textFacts(text: string): ErrorFacts {
  // A proxy's HTML page says little: its title at most.
  const title = /<title>([^<]{1,200})<\/title>/i.exec(text)?.[1];
  const message = title ?? (/^\s*</.test(text) ? '' : text.trim());
  return { message, words: [], code: undefined, status: undefined, member: {} };
}

function memberFacts(member: JsonObject): ErrorFacts {
  const metadata = objectAt(member, 'metadata') ?? {};
  const innerError = objectAt(member, 'innererror') ?? objectAt(member, 'inner_error') ?? {};
  const { code } = member;
  const words = [code, member['type'], member['status'], metadata['error_type'], innerError['code']]
    .filter((word): word is string => typeof word === 'string')
    .map((word) => word.toLowerCase());
  if (isJsonArray(metadata['reasons'])) words.push('moderation_blocked');
  const behind = behindGateway(metadata);
  const status = [member['status_code'], member['raw_status_code'], member['status'], code].map(statusOf).find(Boolean);
  const message = messageOf(member);
  return {
    message: behind ? `${message}: ${behind}` : message,
    words,
    ...(behind !== undefined && { isPassedOn: true }),
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : stringAt(member, 'type'),
    status,
    member,
  };
}

/** What the provider behind a gateway said; undefined where the error is the gateway's own (https://openrouter.ai/docs/api-reference/errors). */
function behindGateway({ provider_name: name, raw }: JsonObject): string | undefined {
  if (typeof name !== 'string' || typeof raw !== 'string') return undefined;
  const parsed = tryParseJson(raw);
  return (parsed === undefined ? factsOf(raw) : factsOf(parsed)).message;
}

function messageOf(member: JsonObject): string {
  const { message } = member;
  if (typeof message === 'string') return message;
  if (isJsonObject(message))
    return message['detail'] === undefined ? JSON.stringify(message) : detailText(message['detail']);
  return stringAt(member, 'msg') ?? stringAt(member, 'error_description') ?? '';
}

/** FastAPI's validation errors: `[{loc, msg, type}]`, or plain text. */
function detailText(detail: Json | undefined): string {
  if (typeof detail === 'string') return detail;
  if (!isJsonArray(detail)) return JSON.stringify(detail ?? '');
  return detail
    .map((item) => {
      if (!isJsonObject(item)) return String(item);
      const where = isJsonArray(item['loc']) ? item['loc'].join('.') : '';
      return `${where}${where && ': '}${stringAt(item, 'msg') ?? ''}`;
    })
    .join('; ');
}

function statusOf(value: Json | undefined): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599 ? status : undefined;
}

/** MiniMax answers 200 with `base_resp.status_code` (https://platform.minimax.io/docs/api-reference/errorcode). */
const MINIMAX_STATUS: Readonly<Record<string, number>> = {
  1001: 504,
  1002: 429,
  1004: 401,
  1008: 402,
  1026: 451,
  1027: 451,
  1039: 429,
  2013: 400,
  2049: 401,
};

function minimaxFacts(base: JsonObject): ErrorFacts {
  const code = String(base['status_code'] ?? '');
  return {
    message: stringAt(base, 'status_msg') ?? '',
    words: [],
    code,
    status: MINIMAX_STATUS[code] ?? 500,
    member: base,
  };
}
