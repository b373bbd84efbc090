/** Arguments, results and code as text, wire → core; arguments the other way. */
import type { Part } from '../../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';
import type { WireRequestPart } from './wire-request.ts';

/** Member under which arguments that are no JSON object travel in a grammar that has only objects. */
const RAW = '_raw';

/** JSON text of a call's arguments; what was wrapped on its way out comes back as the model wrote it. */
export function argumentsText(args: JsonObject | null | undefined): string {
  if (!args) return '{}';
  const raw = Object.keys(args).length === 1 ? args[RAW] : undefined;
  if (typeof raw === 'string' && !isJsonObject(tryParseJson(raw))) return raw;
  return JSON.stringify(args);
}

/** The arguments as an object, which is all that the grammar takes: nothing of a model's odd text is lost. */
export function argumentsObject(text: string): JsonObject {
  if (text.trim() === '') return {};
  const value = tryParseJson(text);
  return isJsonObject(value) ? value : { [RAW]: text };
}

interface ResultText {
  readonly parts: readonly Part[];
  readonly isError: boolean;
}

/**
 * What a function said. `{output}` and `{error}` are the grammar's own ways to say a result and a failure; any other object is
 * the result itself (https://ai.google.dev/api/caching#FunctionResponse). The AI SDK repeats the function's name in it:
 * `{name, content}` and `{name, error}`.
 */
export function resultText(response: JsonObject | null | undefined, name = ''): ResultText {
  if (!response || Object.keys(response).length === 0) return { parts: [], isError: false };
  const isNamed = name !== '' && response['name'] === name;
  const [only, ...more] = Object.entries(response).filter(([key]) => !isNamed || key !== 'name');
  if (only && more.length === 0) {
    const [key, value] = only;
    if (isNamed && key === 'content') return { parts: textParts(textOf(value)), isError: false };
    if (key === 'error') return { parts: textParts(textOf(value)), isError: true };
    if (key === 'output' && typeof value === 'string') return { parts: textParts(value), isError: false };
    if (key === 'output' && isJsonArray(value) && value.every((item) => typeof item === 'string')) {
      return { parts: value.flatMap((item) => textParts(textOf(item))), isError: false };
    }
  }
  return { parts: textParts(JSON.stringify(response)), isError: false };
}

const textParts = (text: string): readonly Part[] => (text === '' ? [] : [{ type: 'text', text }]);
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** Code that the provider ran, and what it printed, as fenced text; undefined where the part is neither. */
export function codeText({ executableCode: code, codeExecutionResult: result }: WireRequestPart): string | undefined {
  if (code) {
    const language = typeof code.language === 'string' ? code.language.toLowerCase() : '';
    return `\n\`\`\`${language}\n${code.code ?? ''}\n\`\`\`\n`;
  }
  return result ? `\n\`\`\`\n${result.output ?? ''}\n\`\`\`\n` : undefined;
}
