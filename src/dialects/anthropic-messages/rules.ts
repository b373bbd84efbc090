/**
 * The rules of a Messages body (docs/sources.md), written a second time and apart from the encoder, so that tests hold the
 * one against the other. Nothing of the product imports it.
 */
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';

const FIELDS = new Set(
  'model max_tokens system messages tools tool_choice thinking output_config temperature top_p top_k stop_sequences metadata service_tier speed cache_control stream'.split(
    ' ',
  ),
);
const ID = /^[a-zA-Z0-9_-]+$/;

/** Every rule that the body breaks, in words; empty where the host would take it. */
export function brokenRules(body: Json): string[] {
  if (!isJsonObject(body)) return ['the body is no object'];
  return [
    ...Object.keys(body).flatMap((field) => (FIELDS.has(field) ? [] : [`unknown field ${field}`])),
    ...limits(body),
    ...conversation(arrayAt(body, 'messages') ?? []),
    ...tools(body),
    ...(marks(body) > 4 ? ['more than four cache marks'] : []),
  ];
}

function limits(body: JsonObject): string[] {
  const broken: string[] = [];
  const max = numberAt(body, 'max_tokens');
  if (!stringAt(body, 'model')) broken.push('no model');
  if (max === undefined || !Number.isInteger(max) || max < 1) broken.push('max_tokens is no positive integer');
  const thinking = objectAt(body, 'thinking');
  const budget = thinking && numberAt(thinking, 'budget_tokens');
  if (thinking?.['type'] === 'enabled' && (budget === undefined || budget < 1024 || budget >= (max ?? 0))) {
    broken.push('budget_tokens must be at least 1024 and below max_tokens');
  }
  if (thinking && thinking['type'] !== 'disabled' && ('temperature' in body || 'top_k' in body)) {
    broken.push('temperature and top_k must not be set while thinking');
  }
  const temperature = numberAt(body, 'temperature');
  if (temperature !== undefined && (temperature < 0 || temperature > 1)) broken.push('temperature outside 0–1');
  for (const stop of arrayAt(body, 'stop_sequences') ?? []) if (isBlank(stop)) broken.push('blank stop sequence');
  for (const block of arrayAt(body, 'system') ?? []) broken.push(...contentBlock(block, 'system', ['text']));
  return broken;
}

function conversation(messages: readonly Json[]): string[] {
  const broken: string[] = [];
  const seen = new Set<string>();
  let calls: string[] = [];
  let before: string | undefined;
  if (messages.length === 0) broken.push('no messages');
  for (const [index, message] of messages.entries()) {
    const where = `messages[${index}]`;
    if (!isJsonObject(message)) return [...broken, `${where} is no object`];
    const role = stringAt(message, 'role');
    const content = arrayAt(message, 'content') ?? [];
    if (role !== 'user' && role !== 'assistant') broken.push(`${where} has role ${role}`);
    if (index === 0 && role !== 'user') broken.push('the first message is not the user’s');
    if (role === before) broken.push(`${where} does not alternate`);
    if (content.length === 0) broken.push(`${where} is empty`);
    before = role;
    const kinds =
      role === 'user'
        ? ['text', 'image', 'document', 'tool_result']
        : ['text', 'thinking', 'redacted_thinking', 'tool_use'];
    for (const block of content) broken.push(...contentBlock(block, where, kinds));
    if (role === 'user') broken.push(...answers(content, calls, where));
    else calls = uses(content, seen, where, broken);
    if (role === 'user') calls = [];
  }
  if (calls.length > 0) broken.push('the last calls are not answered');
  const last = messages.at(-1);
  if (isJsonObject(last) && last['role'] === 'assistant') {
    const tail = arrayAt(last, 'content')?.at(-1);
    const text = isJsonObject(tail) ? (stringAt(tail, 'text') ?? '') : '';
    if (text.trimEnd() !== text) broken.push('the prefill ends in white space');
  }
  return broken;
}

function uses(content: readonly Json[], seen: Set<string>, where: string, broken: string[]): string[] {
  const ids: string[] = [];
  for (const block of content) {
    if (!isJsonObject(block) || block['type'] !== 'tool_use') continue;
    const id = stringAt(block, 'id') ?? '';
    if (!ID.test(id)) broken.push(`${where}: tool id ${id} has foreign characters`);
    if (seen.has(id)) broken.push(`${where}: tool id ${id} is not unique`);
    if (!isJsonObject(block['input'])) broken.push(`${where}: tool input is no object`);
    seen.add(id);
    ids.push(id);
  }
  const tail = content.at(-1);
  if (isJsonObject(tail) && String(tail['type']).endsWith('thinking')) broken.push(`${where} ends in thinking`);
  return ids;
}

function answers(content: readonly Json[], calls: readonly string[], where: string): string[] {
  const broken: string[] = [];
  const types = content.map((block) => (isJsonObject(block) ? block['type'] : undefined));
  const results = types.filter((type) => type === 'tool_result').length;
  if (types.slice(0, results).some((type) => type !== 'tool_result'))
    broken.push(`${where}: results do not come first`);
  const ids = content.flatMap((block) => (isJsonObject(block) ? (stringAt(block, 'tool_use_id') ?? []) : []));
  if ([...ids].sort().join() !== [...calls].sort().join())
    broken.push(`${where}: results do not match the calls before`);
  return broken;
}

function contentBlock(block: Json, where: string, kinds: readonly string[]): string[] {
  if (!isJsonObject(block)) return [`${where}: a block is no object`];
  const type = stringAt(block, 'type') ?? '';
  if (!kinds.includes(type)) return [`${where}: no place for ${type}`];
  if (type === 'text' && isBlank(block['text'])) return [`${where}: blank text`];
  if (type === 'thinking' && !stringAt(block, 'signature')) return [`${where}: unsigned thinking`];
  if (type === 'tool_result') {
    return (arrayAt(block, 'content') ?? []).flatMap((inner) =>
      contentBlock(inner, where, ['text', 'image', 'document']),
    );
  }
  if (type !== 'image' && type !== 'document') return [];
  const source = objectAt(block, 'source') ?? {};
  if (source['type'] === 'base64') {
    const media = stringAt(source, 'media_type') ?? '';
    const wanted = type === 'image' ? /^image\/(jpeg|png|gif|webp)$/ : /^application\/pdf$/;
    if (!wanted.test(media)) return [`${where}: ${type} of type ${media}`];
    if ((stringAt(source, 'data') ?? 'data:').startsWith('data:')) return [`${where}: base64 with its data: prefix`];
  }
  if (source['type'] === 'text' && isBlank(source['data'])) return [`${where}: blank document`];
  return [];
}

function tools(body: JsonObject): string[] {
  const broken: string[] = [];
  const list = arrayAt(body, 'tools') ?? [];
  const names = new Set<string>();
  for (const tool of list) {
    if (!isJsonObject(tool)) continue;
    names.add(stringAt(tool, 'name') ?? '');
    const schema = objectAt(tool, 'input_schema');
    if (schema?.['type'] !== 'object')
      broken.push(`tool ${stringAt(tool, 'name')}: input_schema is not of type object`);
    if (schema && ['anyOf', 'oneOf', 'allOf'].some((union) => union in schema)) broken.push('a union at the top');
  }
  const choice = objectAt(body, 'tool_choice');
  if (choice && list.length === 0) broken.push('tool_choice without tools');
  if (choice?.['type'] === 'tool' && !names.has(stringAt(choice, 'name') ?? ''))
    broken.push('choice of an unknown tool');
  const forced = choice?.['type'] === 'tool' || choice?.['type'] === 'any';
  if (forced && objectAt(body, 'thinking')?.['type'] === 'enabled') broken.push('forced tool use with a budget');
  return broken;
}

function marks(value: Json | undefined): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + marks(item), 0);
  if (!isJsonObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, member]) => sum + (key === 'cache_control' && member ? 1 : key === 'input' ? 0 : marks(member)),
    0,
  );
}

function isBlank(value: Json | undefined): boolean {
  return typeof value !== 'string' || value.trim() === '';
}
