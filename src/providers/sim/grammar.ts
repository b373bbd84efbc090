/** What each simulated wire grammar must be able to write, and the small things they share. */
import type { Json, JsonObject } from '../../core/json.ts';
import { arrayAt, isJsonArray, isJsonObject, numberAt } from '../../core/json.ts';
import type { SimAnswer } from './answer.ts';
import type { UsageFault } from './faults.ts';
import type { SimPrompt } from './prompt.ts';
import { SimRefusal } from './prompt.ts';

export interface SimGrammar {
  readonly dialect: SimDialect;
  /** Default `sse`. */
  readonly framing?: 'sse' | 'ndjson' | 'aws-event-stream';
  /** The path decides model and streaming where the grammar says them there. @throws SimRefusal */
  readPrompt(body: JsonObject, path: string): SimPrompt;
  whole(answer: SimAnswer, voice: SimVoice): JsonObject;
  frames(answer: SimAnswer, voice: SimVoice): readonly SimFrame[];
  /** Body and headers of a failed reply. */
  failure(status: number, message: string, detail: FailureDetail): SimFailure;
  /** The error inside a stream that has begun. */
  failureFrame(status: number, message: string): WireBytes;
}

export type SimDialect =
  | 'openai-chat'
  | 'openai-responses'
  | 'anthropic-messages'
  | 'gemini'
  | 'bedrock-converse'
  | 'cohere'
  | 'ollama';

/** Text, or bytes where the grammar's frames are binary. */
export type WireBytes = string | Uint8Array;

/** How this answer is to be written. */
export interface SimVoice {
  /** Said back as the model's name. */
  readonly model: string;
  readonly usage: UsageFault | null;
  readonly streamUsage: boolean;
  readonly logprobs: boolean;
}

/** One event as it stands on the wire. Only `content` frames are counted by faults; `done` is what `no_done` leaves out. */
export interface SimFrame {
  readonly kind: 'frame' | 'content' | 'done';
  readonly text: WireBytes;
}

export interface FailureDetail {
  readonly param: string | null;
  readonly retryAfterSeconds: number | null;
  readonly requestId: string;
}

export interface SimFailure {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

/** One moment for every answer (2026-11-21): a pure function has no clock. */
export const SIM_CREATED_SECONDS = 1_795_219_200;

const PIECE_OF_ARGUMENTS = 16;

/** Arguments leave in small pieces, as hosts stream them. */
export const argumentPieces = (text: string): readonly string[] =>
  text.match(new RegExp(`[\\s\\S]{1,${PIECE_OF_ARGUMENTS}}`, 'gu')) ?? [];

/** Counts as the caller will see them: as they are, left out, or wrong on purpose. */
export function distortUsage(usage: JsonObject, fault: UsageFault | null): JsonObject | undefined {
  switch (fault) {
    case 'absent':
      return undefined;
    case 'negative':
      return mapCounts(usage, (count) => -count - 1);
    case 'odd':
      // Null, a text, and a fraction in turn: all three have been seen from compatible hosts.
      return mapCounts(usage, (count, index) => [null, String(count), count + 0.5][index % 3] ?? null);
    case 'twice':
    case null:
      return usage;
  }
}

function mapCounts(usage: JsonObject, change: (count: number, index: number) => Json): JsonObject {
  return Object.fromEntries(
    Object.entries(usage).map(([name, count], index) => [
      name,
      typeof count === 'number' ? change(count, index) : count,
    ]),
  );
}

/** @throws SimRefusal where the member is no list of objects with at least one entry */
export function objectList(body: JsonObject, name: string): readonly JsonObject[] {
  const list = arrayAt(body, name);
  if (!list || list.length === 0) throw new SimRefusal(400, `'${name}' must be a list with at least one entry.`, name);
  return list.map((entry, index) => {
    if (!isJsonObject(entry)) throw new SimRefusal(400, `'${name}[${index}]' must be an object.`, `${name}[${index}]`);
    return entry;
  });
}

/** @throws SimRefusal where the limit is present and no positive whole number */
export function tokenLimit(body: JsonObject, name: string): number | null {
  const written = body[name];
  if (written === undefined || written === null) return null;
  const limit = numberAt(body, name);
  if (limit === undefined || !Number.isInteger(limit) || limit < 1) {
    throw new SimRefusal(400, `'${name}' must be a positive whole number.`, name);
  }
  return limit;
}

export function stringList(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return isJsonArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
