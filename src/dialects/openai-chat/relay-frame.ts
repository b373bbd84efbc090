/** What every frame of a relayed stream is made of (OpenRouter's API): our head, and what nobody knows by value. */
import { emptyJsonObject, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { RelayContext } from '../dialect.ts';

/** Members that nobody here knows; nulls say nothing, and clients refuse some of them. */
export function unknownMembers(value: JsonObject, known: ReadonlySet<string>): MutableJsonObject | undefined {
  let unknown: MutableJsonObject | undefined;
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (known.has(key) || member === null || member === undefined) continue;
    unknown ??= emptyJsonObject();
    unknown[key] = member;
  }
  return unknown;
}

export function frameOf(
  context: RelayContext,
  choices: readonly JsonObject[],
  unknown: JsonObject | undefined,
): JsonObject {
  const { head } = context;
  return {
    id: head.id,
    object: 'chat.completion.chunk',
    created: head.createdSeconds,
    model: head.model,
    provider: head.providerName,
    choices,
    ...unknown,
  };
}
