/**
 * What a request means, whatever grammar it is written in: a list of things said. Taken on both sides of a translation, it shows
 * what was lost. Each thing knows the field it came from, so that a note about that field can explain its absence.
 */
import type { ChatRequest, FilePart, ImagePart, Part } from '../src/core/chat.ts';
import {
  arrayAt,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  objectAt,
  stringAt,
} from '../src/core/json.ts';
import type { Note } from '../src/core/note.ts';

export type MeaningKind = 'text' | 'media' | 'tool' | 'call' | 'result';

export interface Meaning {
  readonly kind: MeaningKind;
  /** Equal for equal meanings. Texts as they are; media as a hash of their bytes or their address. */
  readonly value: string;
  /** Path in the caller's body; '' where the meaning was read from the translated side. */
  readonly field: string;
}

// ---- from core ----

export function meaningsOfRequest(request: ChatRequest): Meaning[] {
  const meanings: Meaning[] = [];
  const open: { readonly id: string; readonly name: string }[] = [];
  for (const [index, message] of request.messages.entries()) {
    const field = `messages[${index}]`;
    if (message.role === 'tool') {
      const at = open.findLastIndex((call) => call.id === message.toolCallId);
      const name = at < 0 ? '?' : (open.splice(at, 1)[0]?.name ?? '?');
      const text = message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
      meanings.push({ kind: 'result', value: resultValue(name, text), field });
      meanings.push(...partsOf(message.content, field).filter((meaning) => meaning.kind === 'media'));
      continue;
    }
    meanings.push(...partsOf(message.content, field));
    if (message.role !== 'assistant') continue;
    if (message.refusal) meanings.push({ kind: 'text', value: message.refusal, field: `${field}.refusal` });
    for (const [at, call] of message.toolCalls.entries()) {
      open.push({ id: call.id, name: call.name });
      meanings.push({
        kind: 'call',
        value: callValue(call.name, call.arguments),
        field: `${field}.tool_calls[${at}]`,
      });
    }
  }
  for (const [index, tool] of request.tools.entries()) {
    meanings.push({ kind: 'tool', value: toolValue(tool.name, tool.parameters), field: `tools[${index}]` });
  }
  return meanings.filter((meaning) => meaning.kind !== 'text' || meaning.value.trim() !== '');
}

function partsOf(parts: readonly Part[], field: string): Meaning[] {
  return parts.map((part, index) => {
    const at = `${field}.content[${index}]`;
    if (part.type === 'text') return { kind: 'text', value: part.text, field: at };
    const value = part.type === 'audio' ? bytesValue(part.base64) : sourceValue(part.source);
    return { kind: 'media', value, field: at };
  });
}

function sourceValue(source: ImagePart['source'] | FilePart['source']): string {
  switch (source.kind) {
    case 'url':
      return `url:${source.url}`;
    case 'id':
      return `id:${source.id}`;
    case 'data':
      return bytesValue(source.base64);
  }
}

// ---- values shared by every grammar ----

/** Bytes of base64; what is no base64 (recordings with cut media) counts as its own text. */
export function bytesValue(base64: string): string {
  try {
    return `bytes:${Bun.hash(Buffer.from(atob(base64.replace(/-/g, '+').replace(/_/g, '/')), 'latin1'))}`;
  } catch {
    return `bytes:${Bun.hash(Buffer.from(base64))}`;
  }
}

export function textBytesValue(text: string): string {
  return `bytes:${Bun.hash(Buffer.from(text))}`;
}

/** Arguments count by value: key order and white space mean nothing. No arguments and `{}` are the same. */
export function callValue(name: string, args: string | Json): string {
  return `${name}(${typeof args === 'string' ? canonicalArguments(args) : canonical(args)})`;
}

const ARROW = ' → ';

/** White space at the ends of a result means nothing. */
export function resultValue(name: string, text: string): string {
  return name + ARROW + text.trim();
}

/** Name and property names, at any depth: what translations of schemas must keep. */
export function toolValue(name: string, schema: Json | undefined): string {
  const names = new Set<string>();
  collectPropertyNames(schema, names);
  return `${name}{${[...names].sort().join()}}`;
}

function collectPropertyNames(schema: Json | undefined, names: Set<string>): void {
  if (isJsonArray(schema)) for (const member of schema) collectPropertyNames(member, names);
  if (!isJsonObject(schema)) return;
  for (const [key, member] of Object.entries(schema)) {
    if (key === 'properties' && isJsonObject(member)) for (const name of Object.keys(member)) names.add(name);
    if (key === 'enum' || key === 'const' || key === 'default' || key === 'examples') continue;
    if (key === 'properties' && isJsonObject(member)) {
      for (const property of Object.values(member)) collectPropertyNames(property, names);
    } else collectPropertyNames(member, names);
  }
}

function canonicalArguments(text: string): string {
  if (text.trim() === '') return '{}';
  try {
    const value: Json = JSON.parse(text);
    return isJsonObject(value) ? canonical(value) : canonical({ _raw: text });
  } catch {
    return canonical({ _raw: text });
  }
}

export function canonical(value: Json | undefined): string {
  if (isJsonArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isJsonObject(value)) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join()}}`;
}

// ---- from an Anthropic Messages body ----

export function meaningsOfMessagesBody(body: JsonObject): Meaning[] {
  const meanings: Meaning[] = [];
  const add = (kind: MeaningKind, value: string): void => {
    meanings.push({ kind, value, field: '' });
  };
  const names = new Map<string, string>();
  const readBlock = (block: Json): void => {
    if (!isJsonObject(block)) return;
    switch (block['type']) {
      case 'text':
        add('text', stringAt(block, 'text') ?? '');
        return;
      case 'image':
      case 'document':
        add('media', wireSourceValue(objectAt(block, 'source') ?? {}));
        return;
      case 'tool_use': {
        const name = stringAt(block, 'name') ?? '';
        names.set(stringAt(block, 'id') ?? '', name);
        add('call', callValue(name, objectAt(block, 'input') ?? {}));
        return;
      }
      case 'tool_result': {
        const { content } = block;
        const blocks = isJsonArray(content) ? content.filter(isJsonObject) : [];
        const texts = blocks.flatMap((inner) => (inner['type'] === 'text' ? [stringAt(inner, 'text') ?? ''] : []));
        const text = typeof content === 'string' ? content : texts.join('');
        add('result', resultValue(names.get(stringAt(block, 'tool_use_id') ?? '') ?? '?', text));
        for (const inner of blocks) if (inner['type'] !== 'text') readBlock(inner);
      }
    }
  };
  for (const block of arrayAt(body, 'system') ?? []) readBlock(block);
  for (const message of arrayAt(body, 'messages') ?? []) {
    if (isJsonObject(message)) for (const block of arrayAt(message, 'content') ?? []) readBlock(block);
  }
  for (const tool of arrayAt(body, 'tools') ?? []) {
    if (isJsonObject(tool)) add('tool', toolValue(stringAt(tool, 'name') ?? '', tool['input_schema']));
  }
  return meanings;
}

function wireSourceValue(source: JsonObject): string {
  switch (source['type']) {
    case 'url':
      return `url:${stringAt(source, 'url')}`;
    case 'file':
      return `id:${stringAt(source, 'file_id')}`;
    case 'text':
      return textBytesValue(stringAt(source, 'data') ?? '');
    default:
      return bytesValue(stringAt(source, 'data') ?? '');
  }
}

// ---- from a Converse body ----

export function meaningsOfConverseBody(body: JsonObject): Meaning[] {
  const meanings: Meaning[] = [];
  const add = (kind: MeaningKind, value: string): void => {
    meanings.push({ kind, value, field: '' });
  };
  const names = new Map<string, string>();
  const readBlock = (block: Json): void => {
    if (!isJsonObject(block)) return;
    const [kind = '', value] = Object.entries(block)[0] ?? [];
    if (kind === 'text') add('text', stringAt(block, 'text') ?? '');
    if (!isJsonObject(value)) return;
    if (['image', 'document', 'video', 'audio'].includes(kind)) {
      add('media', bytesValue(stringAt(objectAt(value, 'source') ?? {}, 'bytes') ?? ''));
    } else if (kind === 'toolUse') {
      const name = stringAt(value, 'name') ?? '';
      names.set(stringAt(value, 'toolUseId') ?? '', name);
      add('call', callValue(name, objectAt(value, 'input') ?? {}));
    } else if (kind === 'toolResult') {
      const inner = (arrayAt(value, 'content') ?? []).filter(isJsonObject);
      const said = inner.map((part) => stringAt(part, 'text') ?? jsonResult(part)).join('');
      const text = ['(empty)', '(Shown by the user.)'].includes(said) ? '' : said;
      add('result', resultValue(names.get(stringAt(value, 'toolUseId') ?? '') ?? '?', text));
      for (const part of inner) if (part['text'] === undefined) readBlock(part);
    }
  };
  for (const block of arrayAt(body, 'system') ?? []) readBlock(block);
  for (const message of arrayAt(body, 'messages') ?? []) {
    if (isJsonObject(message)) for (const block of arrayAt(message, 'content') ?? []) readBlock(block);
  }
  for (const tool of arrayAt(objectAt(body, 'toolConfig') ?? {}, 'tools') ?? []) {
    const spec = isJsonObject(tool) ? objectAt(tool, 'toolSpec') : undefined;
    if (spec) add('tool', toolValue(stringAt(spec, 'name') ?? '', objectAt(spec, 'inputSchema')?.['json']));
  }
  return meanings;
}

/** A result as an object: ours has the text in it. */
export function jsonResult(part: JsonObject): string {
  const json = objectAt(part, 'json');
  return json ? (stringAt(json, 'result') ?? JSON.stringify(json)) : '';
}

// ---- comparison ----

/**
 * What the translation does not say and no note explains. A text may stand inside a longer one (a name before it, tags around
 * it), a result may be said as text where a note says so; everything else must be there exactly, as often as it was said.
 */
export function lostMeanings(before: readonly Meaning[], after: readonly Meaning[], notes: readonly Note[]): Meaning[] {
  const left = [...after];
  const take = (test: (meaning: Meaning) => boolean): boolean => {
    const at = left.findIndex(test);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  };
  const unmatched = before.filter(
    (meaning) => !take((other) => other.kind === meaning.kind && other.value === meaning.value),
  );
  return unmatched.filter((meaning) => {
    if (isExcused(meaning, notes)) return false;
    const words = wordsOf(meaning, notes);
    return words === undefined || !left.some((other) => other.kind === 'text' && other.value.includes(words));
  });
}

/** The words that must stand in some text, for meanings that may be said as text. */
function wordsOf(meaning: Meaning, notes: readonly Note[]): string | undefined {
  if (meaning.kind === 'text') return meaning.value.trim();
  if (meaning.kind !== 'result') return undefined;
  const isSaidAsText = notes.some((note) => note.code === 'message.changed' && note.field === meaning.field);
  return isSaidAsText ? meaning.value.slice(meaning.value.indexOf(ARROW) + ARROW.length) : undefined;
}

/** Only what a note names by its very field may be missing, and never words, calls or results. */
function isExcused(meaning: Meaning, notes: readonly Note[]): boolean {
  switch (meaning.kind) {
    case 'media':
      return notes.some((note) => note.code === 'part.dropped' && note.field === meaning.field);
    case 'tool':
      return notes.some((note) => note.code === 'tool.changed' && note.field === 'tool_choice');
    case 'text':
    case 'call':
    case 'result':
      return false;
  }
}
