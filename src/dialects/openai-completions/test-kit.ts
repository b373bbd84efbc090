/** What this folder's specs share: a head, a settlement, and what a client reads of a stream. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { RelayContext, SettledUsage, UpstreamContext } from '../dialect.ts';
import { contextWith, testHead } from '../shared/testing/context.ts';
import { parseCompletionRequest, type WireCompletionRequest } from './wire-types.ts';

export const settled: SettledUsage = {
  usage: { counts: { promptTokens: 5, completionTokens: 3 }, estimated: false },
  costNanoUsd: 7000n,
  promptCostNanoUsd: 3000n,
  completionCostNanoUsd: 4000n,
  isByok: false,
};

export function wireOf(members: JsonObject): WireCompletionRequest {
  return parseCompletionRequest({ model: 'author/model-1', prompt: 'Say', ...members });
}

export function relayContext(
  wire: JsonObject = {},
  changes: Parameters<typeof contextWith>[0] = {},
): RelayContext<WireCompletionRequest> {
  const context: UpstreamContext = contextWith(changes);
  return { ...context, head: testHead, wire: wireOf(wire) };
}

/** The events of a stream as a client reads them: parsed data, and the terminator as it is. */
export function eventsOf(stream: string): readonly (JsonObject | string)[] {
  return stream
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => {
      const data = event.slice('data: '.length);
      if (data === '[DONE]') return data;
      const value: Json = JSON.parse(data);
      if (!isJsonObject(value)) throw new Error(`no frame: ${data}`);
      return value;
    });
}
