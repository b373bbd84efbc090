/** What this folder's specs share: a request as the route makes it, and its meaning. */
import type { ChatRequest } from '../../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import type { SettledUsage } from '../../dialect.ts';
import { decodeRequest } from './decode.ts';
import { parseGeminiRequest } from './parse.ts';
import type { WireGeminiRequest } from './wire-request.ts';

export function wireOf(members: JsonObject = {}): WireGeminiRequest {
  return parseGeminiRequest({
    model: 'sim/echo',
    stream: false,
    alt: 'sse',
    contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    ...members,
  });
}

export interface Decoded {
  readonly value: ChatRequest;
  readonly notes: readonly string[];
}

export function decoded(members: JsonObject): Decoded {
  const { value, notes } = decodeRequest(wireOf(members));
  return { value, notes: notes.map(({ code, field }) => `${code} ${field}`) };
}

export const settled: SettledUsage = {
  usage: { counts: { promptTokens: 10, completionTokens: 7, reasoningTokens: 3 }, estimated: false },
  costNanoUsd: 17_000n,
  promptCostNanoUsd: 10_000n,
  completionCostNanoUsd: 7_000n,
  isByok: false,
};

/** The objects of a stream of events; each must be one `data:` line. */
export function framesOf(text: string): readonly JsonObject[] {
  return text
    .split('\n\n')
    .filter((event) => event.trim() !== '')
    .map((event) => {
      if (!event.startsWith('data: ') || event.includes('\n')) throw new Error(`no event: ${event}`);
      const value: Json = JSON.parse(event.slice('data: '.length));
      if (!isJsonObject(value)) throw new Error('an event holds an object');
      return value;
    });
}
