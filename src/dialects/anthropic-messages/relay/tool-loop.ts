/** Tool loops under way, in a conversation as it is sent. */
import { arrayAt, isJsonArray, isJsonObject, type Json, type JsonObject, stringAt } from '../../../core/json.ts';

/**
 * With a thinking budget, the turn whose tool results are being returned must begin with its thinking (docs/sources.md). True
 * where it does not: another model made the calls, or the caller lost the signature.
 */
export function hasUnthoughtLoop(messages: Json | undefined): boolean {
  const turns = isJsonArray(messages) ? messages.filter(isJsonObject) : [];
  const [before, last] = turns.slice(-2);
  if (last?.['role'] !== 'user' || before?.['role'] !== 'assistant') return false;
  if (typeOfFirst(last) !== 'tool_result') return false;
  const first = typeOfFirst(before);
  return first !== 'thinking' && first !== 'redacted_thinking';
}

function typeOfFirst(message: JsonObject): string | undefined {
  const [first] = arrayAt(message, 'content') ?? [];
  return isJsonObject(first) ? stringAt(first, 'type') : undefined;
}
