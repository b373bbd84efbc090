/**
 * What a caller of this very grammar said and the core has no word for: it rides in `extras` under its path in the body
 * (`generationConfig.mediaResolution`, `tools.codeExecution`), and is put back there.
 */
import { isJsonArray, isJsonObject, type JsonObject } from '../../../core/json.ts';

const OWN =
  /^(?:tools|toolConfig|generationConfig)\.|^(?:safetySettings|labels|store|continuationToken|modelArmorConfig)$/;

export const isOwnExtra = (key: string): boolean => OWN.test(key);

/** The body with what was kept for it. */
export function withOwnExtras(body: JsonObject, extras: JsonObject): JsonObject {
  let result = body;
  for (const [key, value] of Object.entries(extras)) {
    if (value === undefined || !isOwnExtra(key)) continue;
    const [first = '', ...rest] = key.split('.');
    result =
      first === 'tools'
        ? { ...result, tools: [...(isJsonArray(result['tools']) ? result['tools'] : []), { [rest.join('.')]: value }] }
        : placed(result, [first, ...rest], value);
  }
  return result;
}

function placed(object: JsonObject, [step = '', ...rest]: readonly string[], value: JsonObject[string]): JsonObject {
  if (rest.length === 0) return withoutRival({ ...object, [step]: value }, step);
  const inner = object[step];
  return { ...object, [step]: placed(isJsonObject(inner) ? inner : {}, rest, value) };
}

/** A budget and a level exclude each other (https://ai.google.dev/gemini-api/docs/thinking). */
function withoutRival(object: JsonObject, step: string): JsonObject {
  if (step !== 'thinkingBudget') return object;
  const { thinkingLevel: _, ...kept } = object;
  return kept;
}
