/**
 * Reads recorded provider traffic, where a folder of it stands beside the checkout (or where SIGNALBOX_RECORDINGS says).
 * Its README describes the format; nothing of it is part of the project.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../src/core/json.ts';

export interface Recording {
  readonly id: string;
  readonly provider: string;
  readonly endpoint: string;
  readonly stream: boolean;
  readonly model: string | null;
  readonly features: readonly string[];
  readonly flags: readonly string[];
  readonly request: { readonly url: string; readonly body: Json } | null;
  readonly response: {
    readonly status: number | null;
    readonly headers: Readonly<Record<string, string>>;
    /** Text, or base64 where `isBinary`. */
    readonly body: string;
    readonly isBinary: boolean;
    /** The decoded messages of a binary stream. */
    readonly events: readonly JsonObject[];
  };
}

export const directory =
  process.env['SIGNALBOX_RECORDINGS'] ?? join(import.meta.dir, '..', '..', 'shared', 'recordings');

export const haveRecordings = existsSync(directory);

/** Every recording of one endpoint name (`chat.completions`, `messages`, …), by provider, in file order. */
export function* recordingsOf(endpoint: string): Generator<Recording> {
  for (const provider of readdirSync(directory).sort()) {
    const file = join(directory, provider, `${endpoint}.jsonl`);
    if (!existsSync(file)) continue;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line) yield parseRecording(JSON.parse(line));
    }
  }
}

function parseRecording(value: unknown): Recording {
  if (!isJsonObject(value)) throw new Error('a recording is an object');
  const { id, provider, endpoint, stream, model, features, flags, request, response } = value;
  if (
    typeof id !== 'string' ||
    typeof provider !== 'string' ||
    typeof endpoint !== 'string' ||
    !isJsonObject(response)
  ) {
    throw new Error(`recording ${String(id)} lacks id, provider, endpoint or response`);
  }
  return {
    id,
    provider,
    endpoint,
    stream: stream === true,
    model: typeof model === 'string' ? model : null,
    features: stringsOf(features),
    flags: stringsOf(flags),
    request: isJsonObject(request) ? { url: String(request['url']), body: request['body'] ?? null } : null,
    response: {
      status: typeof response['status'] === 'number' ? response['status'] : null,
      headers: headersOf(response['headers']),
      body: typeof response['body'] === 'string' ? response['body'] : '',
      isBinary: response['body_encoding'] === 'base64',
      events: Array.isArray(response['events']) ? response['events'].filter(isJsonObject) : [],
    },
  };
}

function stringsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function headersOf(value: Json | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  const object: JsonObject = isJsonObject(value) ? value : {};
  for (const [name, text] of Object.entries(object)) if (typeof text === 'string') headers[name.toLowerCase()] = text;
  return headers;
}
