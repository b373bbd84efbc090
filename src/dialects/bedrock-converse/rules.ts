/**
 * The rules of a Converse body (docs/sources.md), written a second time and apart from the encoder, so that tests hold the one
 * against the other. Nothing of the product imports it.
 */
import { arrayAt, isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';

const FIELDS = new Set(
  'messages system inferenceConfig toolConfig outputConfig additionalModelRequestFields requestMetadata serviceTier guardrailConfig performanceConfig additionalModelResponseFieldPaths promptVariables'.split(
    ' ',
  ),
);
const ID = /^[a-zA-Z0-9_.:-]{1,64}$/;
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const DOCUMENT_NAME = /^[a-zA-Z0-9()[\]-]+( [a-zA-Z0-9()[\]-]+)*$/;
const PLAIN = /^[a-zA-Z0-9\s:_@$#=/+,\-.]{0,256}$/;
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  image: ['png', 'jpeg', 'gif', 'webp'],
  document: ['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'],
  video: ['mkv', 'mov', 'mp4', 'webm', 'flv', 'mpeg', 'mpg', 'wmv', 'three_gp'],
  audio: [
    'mp3',
    'opus',
    'wav',
    'aac',
    'flac',
    'mp4',
    'ogg',
    'mkv',
    'mka',
    'x-aac',
    'm4a',
    'mpeg',
    'mpga',
    'pcm',
    'webm',
  ],
};
const USER_BLOCKS = ['text', 'image', 'document', 'video', 'audio', 'toolResult', 'cachePoint'];
const ASSISTANT_BLOCKS = ['text', 'reasoningContent', 'toolUse', 'cachePoint'];
const RESULT_BLOCKS = ['text', 'image', 'document', 'video', 'json'];

/** Every rule that the body breaks, in words; empty where the host would take it. */
export function brokenRules(body: Json): string[] {
  if (!isJsonObject(body)) return ['the body is no object'];
  return [
    ...Object.keys(body).flatMap((field) => (FIELDS.has(field) ? [] : [`unknown field ${field}`])),
    ...inference(objectAt(body, 'inferenceConfig') ?? {}),
    ...(arrayAt(body, 'system') ?? []).flatMap((block) => blockRules(block, 'system', ['text', 'cachePoint'])),
    ...conversation(arrayAt(body, 'messages') ?? []),
    ...tools(body),
    ...output(body),
    ...metadata(objectAt(body, 'requestMetadata') ?? {}),
    ...cachePoints(body),
  ];
}

function inference(config: JsonObject): string[] {
  const broken: string[] = [];
  for (const key of Object.keys(config)) {
    if (!['maxTokens', 'temperature', 'topP', 'stopSequences'].includes(key))
      broken.push(`unknown inferenceConfig.${key}`);
  }
  const max = numberAt(config, 'maxTokens');
  if (config['maxTokens'] !== undefined && (max === undefined || !Number.isInteger(max) || max < 1)) {
    broken.push('maxTokens is no positive integer');
  }
  for (const key of ['temperature', 'topP']) {
    const value = numberAt(config, key);
    if (value !== undefined && (value < 0 || value > 1)) broken.push(`${key} outside 0–1`);
  }
  for (const stop of arrayAt(config, 'stopSequences') ?? []) if (isBlank(stop)) broken.push('blank stop sequence');
  return broken;
}

function conversation(messages: readonly Json[]): string[] {
  const broken: string[] = [];
  const seen = new Set<string>();
  const names = new Set<string>();
  let calls: string[] = [];
  let before: string | undefined;
  if (messages.length === 0) broken.push('no messages');
  for (const [index, message] of messages.entries()) {
    const where = `messages[${index}]`;
    if (!isJsonObject(message)) return [...broken, `${where} is no object`];
    const role = stringAt(message, 'role');
    const content = (arrayAt(message, 'content') ?? []).filter(isJsonObject);
    if (role !== 'user' && role !== 'assistant') broken.push(`${where} has role ${role}`);
    if (index === 0 && role !== 'user') broken.push('the first message is not the user’s');
    if (role === before) broken.push(`${where} does not alternate`);
    if (!content.some((block) => kindOf(block) !== 'cachePoint')) broken.push(`${where} is empty`);
    before = role;
    const kinds = role === 'user' ? USER_BLOCKS : ASSISTANT_BLOCKS;
    for (const block of content) {
      broken.push(...blockRules(block, where, kinds));
      const name = stringAt(objectAt(block, 'document') ?? {}, 'name');
      if (name !== undefined && names.has(name)) broken.push(`${where}: document name ${name} is not unique`);
      if (name !== undefined) names.add(name);
    }
    const hasKind = (kind: string): boolean => content.some((block) => kindOf(block) === kind);
    if (hasKind('document') && !hasKind('text')) broken.push(`${where}: a document without a text`);
    if (role === 'user') {
      broken.push(...answers(content, calls, where));
      calls = [];
    } else calls = uses(content, seen, where, broken);
  }
  if (calls.length > 0) broken.push('the last calls are not answered');
  return broken;
}

function uses(content: readonly JsonObject[], seen: Set<string>, where: string, broken: string[]): string[] {
  const ids: string[] = [];
  for (const block of content) {
    const use = objectAt(block, 'toolUse');
    if (!use) continue;
    const id = stringAt(use, 'toolUseId') ?? '';
    if (!ID.test(id)) broken.push(`${where}: tool id ${id} has foreign characters or is too long`);
    if (seen.has(id)) broken.push(`${where}: tool id ${id} is not unique`);
    if (!TOOL_NAME.test(stringAt(use, 'name') ?? '')) broken.push(`${where}: tool name ${stringAt(use, 'name')}`);
    if (!isJsonObject(use['input'])) broken.push(`${where}: tool input is no object`);
    seen.add(id);
    ids.push(id);
  }
  if (content.length > 0 && content.every((block) => kindOf(block) === 'reasoningContent')) {
    broken.push(`${where} is reasoning alone`);
  }
  return ids;
}

function answers(content: readonly JsonObject[], calls: readonly string[], where: string): string[] {
  const broken: string[] = [];
  const kinds = content.map(kindOf).filter((kind) => kind !== 'cachePoint');
  const results = kinds.filter((kind) => kind === 'toolResult').length;
  if (kinds.slice(0, results).some((kind) => kind !== 'toolResult')) broken.push(`${where}: results do not come first`);
  const ids = content.flatMap((block) => stringAt(objectAt(block, 'toolResult') ?? {}, 'toolUseId') ?? []);
  if ([...ids].sort().join() !== [...calls].sort().join()) {
    broken.push(`${where}: results do not match the calls before`);
  }
  return broken;
}

function blockRules(block: Json, where: string, kinds: readonly string[]): string[] {
  if (!isJsonObject(block)) return [`${where}: a block is no object`];
  const members = Object.keys(block);
  const kind = kindOf(block);
  if (members.length !== 1) return [`${where}: a block is a union of one member, not ${members.join()}`];
  if (!kinds.includes(kind)) return [`${where}: no place for ${kind}`];
  const value = objectAt(block, kind) ?? {};
  switch (kind) {
    case 'text':
      return isBlank(block['text']) ? [`${where}: blank text`] : [];
    case 'cachePoint':
      return value['type'] === 'default' && [undefined, '5m', '1h'].includes(stringAt(value, 'ttl'))
        ? []
        : [`${where}: cache point ${JSON.stringify(value)}`];
    case 'toolResult': {
      const content = arrayAt(value, 'content') ?? [];
      const status = stringAt(value, 'status');
      return [
        ...(content.length === 0 ? [`${where}: an empty result`] : []),
        ...(status === undefined || ['success', 'error'].includes(status) ? [] : [`${where}: status ${status}`]),
        ...content.flatMap((inner) => blockRules(inner, where, RESULT_BLOCKS)),
      ];
    }
    case 'reasoningContent': {
      const shown = objectAt(value, 'reasoningText');
      const isSigned = shown ? Boolean(stringAt(shown, 'signature')) : Boolean(stringAt(value, 'redactedContent'));
      return isSigned ? [] : [`${where}: unsigned reasoning`];
    }
    case 'json':
      return isJsonObject(block['json']) ? [] : [`${where}: json is no object`];
    case 'toolUse':
      return [];
    default:
      return media(value, kind, where);
  }
}

function media(value: JsonObject, kind: string, where: string): string[] {
  const broken: string[] = [];
  const format = stringAt(value, 'format') ?? '';
  const source = objectAt(value, 'source') ?? {};
  if (!FORMATS[kind]?.includes(format)) broken.push(`${where}: ${kind} of format ${format}`);
  const bytes = stringAt(source, 'bytes');
  if (source['s3Location'] === undefined && (!bytes || bytes.startsWith('data:')))
    broken.push(`${where}: ${kind} bytes`);
  if (kind === 'document' && !DOCUMENT_NAME.test(stringAt(value, 'name') ?? '')) {
    broken.push(`${where}: document name ${stringAt(value, 'name')}`);
  }
  return broken;
}

function tools(body: JsonObject): string[] {
  const broken: string[] = [];
  const config = objectAt(body, 'toolConfig');
  const list = (arrayAt(config ?? {}, 'tools') ?? []).filter(isJsonObject);
  const names = new Set<string>();
  if (config && !list.some((tool) => tool['toolSpec'] !== undefined)) broken.push('toolConfig without a tool');
  if (!config && /"tool(Use|Result)":/.test(JSON.stringify(body['messages']))) {
    broken.push('tool blocks without toolConfig');
  }
  for (const tool of list) {
    if (tool['cachePoint'] !== undefined || tool['systemTool'] !== undefined) continue;
    const spec = objectAt(tool, 'toolSpec') ?? {};
    const name = stringAt(spec, 'name') ?? '';
    const schema = objectAt(objectAt(spec, 'inputSchema') ?? {}, 'json');
    names.add(name);
    if (!TOOL_NAME.test(name)) broken.push(`tool name ${name}`);
    if (spec['description'] !== undefined && isBlank(spec['description']))
      broken.push(`tool ${name}: blank description`);
    if (schema?.['type'] !== 'object') broken.push(`tool ${name}: the schema is not of type object`);
  }
  const choice = objectAt(config ?? {}, 'toolChoice');
  const forced = stringAt(objectAt(choice ?? {}, 'tool') ?? {}, 'name');
  const own = objectAt(objectAt(body, 'additionalModelRequestFields') ?? {}, 'tool_choice');
  if (forced !== undefined && !names.has(forced)) broken.push('choice of an unknown tool');
  if (choice && !['auto', 'any', 'tool'].some((kind) => kind in choice)) broken.push('an unknown tool choice');
  if (choice && own) broken.push('two tool choices');
  return broken;
}

function output(body: JsonObject): string[] {
  const broken: string[] = [];
  const format = objectAt(objectAt(body, 'outputConfig') ?? {}, 'textFormat');
  const schema = objectAt(objectAt(format ?? {}, 'structure') ?? {}, 'jsonSchema');
  if (format && (format['type'] !== 'json_schema' || !isJsonText(schema?.['schema']))) {
    broken.push('textFormat without a schema as text');
  }
  const tier = stringAt(objectAt(body, 'serviceTier') ?? {}, 'type');
  if (tier !== undefined && !['default', 'flex', 'priority', 'reserved'].includes(tier)) broken.push(`tier ${tier}`);
  const fields = objectAt(body, 'additionalModelRequestFields') ?? {};
  const budget = numberAt(objectAt(fields, 'thinking') ?? {}, 'budget_tokens');
  const max = numberAt(objectAt(body, 'inferenceConfig') ?? {}, 'maxTokens');
  if (budget !== undefined && (budget < 1024 || budget >= (max ?? Number.POSITIVE_INFINITY))) {
    broken.push('budget_tokens must be at least 1024 and below maxTokens');
  }
  return broken;
}

function metadata(pairs: JsonObject): string[] {
  const entries = Object.entries(pairs);
  return [
    ...(entries.length > 16 ? ['more than 16 pairs of metadata'] : []),
    ...entries.flatMap(([key, value]) =>
      key !== '' && PLAIN.test(key) && typeof value === 'string' && PLAIN.test(value) ? [] : [`metadata ${key}`],
    ),
  ];
}

/** At most four, and none of one hour after a shorter one. */
function cachePoints(body: JsonObject): string[] {
  const ttls: string[] = [];
  const visit = (value: Json | undefined): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isJsonObject(value)) return;
    const point = objectAt(value, 'cachePoint');
    if (point) ttls.push(stringAt(point, 'ttl') ?? '5m');
  };
  visit(arrayAt(objectAt(body, 'toolConfig') ?? {}, 'tools'));
  visit(body['system']);
  for (const message of arrayAt(body, 'messages') ?? []) visit(isJsonObject(message) ? message['content'] : undefined);
  const short = ttls.indexOf('5m');
  return [
    ...(ttls.length > 4 ? ['more than four cache points'] : []),
    ...(short >= 0 && ttls.lastIndexOf('1h') > short ? ['an hour-long cache point after a shorter one'] : []),
  ];
}

function kindOf(block: JsonObject): string {
  return Object.keys(block)[0] ?? '';
}

function isBlank(value: Json | undefined): boolean {
  return typeof value !== 'string' || value.trim() === '';
}

function isJsonText(value: Json | undefined): boolean {
  if (typeof value !== 'string') return false;
  try {
    return isJsonObject(JSON.parse(value));
  } catch {
    return false;
  }
}
