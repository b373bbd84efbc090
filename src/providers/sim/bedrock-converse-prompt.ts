/** A Converse request as a simulated model sees it, and the rules it is refused by. */
import type { Json, JsonObject } from '../../core/json.ts';
import { arrayAt, isJsonObject, objectAt, stringAt } from '../../core/json.ts';
import { objectList, stringList, tokenLimit } from './grammar.ts';
import type { SimMedia, SimPrompt, SimReasoning, SimResult, SimTool, SimToolChoice, SimTurn } from './prompt.ts';
import { base64Size, emptyTurn, SimRefusal } from './prompt.ts';

export function readConversePrompt(body: JsonObject, stream: boolean): SimPrompt {
  const config = objectAt(body, 'inferenceConfig') ?? {};
  const toolConfig = objectAt(body, 'toolConfig') ?? {};
  const more = objectAt(body, 'additionalModelRequestFields') ?? {};
  const turns = readTurns(objectList(body, 'messages'));
  const usesTools = turns.some(({ calls, results }) => calls.length > 0 || results.length > 0);
  if (usesTools && !body['toolConfig']) {
    throw new SimRefusal(400, 'The toolConfig field must be defined when using toolUse and toolResult content blocks.');
  }
  return {
    stream,
    system: (arrayAt(body, 'system') ?? []).filter(isJsonObject).map(textOf).join('\n'),
    turns,
    tools: (arrayAt(toolConfig, 'tools') ?? []).flatMap(readTool),
    toolChoice: readToolChoice(objectAt(toolConfig, 'toolChoice')),
    parallelCalls: objectAt(more, 'tool_choice')?.['disable_parallel_tool_use'] !== true,
    maxTokens: tokenLimit(config, 'maxTokens'),
    stop: stringList(config['stopSequences']),
    answerSchema: readAnswerSchema(objectAt(objectAt(body, 'outputConfig') ?? {}, 'textFormat')),
    reasoning: objectAt(more, 'thinking')?.['type'] === 'disabled' ? 'off' : 'shown',
    streamUsage: true,
    logprobs: false,
  };
}

function readAnswerSchema(format: JsonObject | undefined): Json | null {
  if (format?.['type'] !== 'json_schema') return null;
  const written = stringAt(objectAt(objectAt(format, 'structure') ?? {}, 'jsonSchema') ?? {}, 'schema');
  if (written === undefined) throw new SimRefusal(400, 'textFormat.structure.jsonSchema.schema must be a string.');
  const schema: Json = JSON.parse(written);
  return schema;
}

/** Roles take turns, beginning with the user; results answer the calls of the turn before. */
function readTurns(messages: readonly JsonObject[]): readonly SimTurn[] {
  let open: readonly string[] = [];
  return messages.map((message, index): SimTurn => {
    const role = message['role'];
    const wanted = index % 2 === 0 ? 'user' : 'assistant';
    if (role !== wanted) {
      throw new SimRefusal(
        400,
        'A conversation must alternate between user and assistant roles, beginning with the user.',
      );
    }
    const turn = readTurn(wanted, objectList(message, 'content'));
    const answered = turn.results.map(({ id }) => id);
    if (open.some((id) => !answered.includes(id)) || answered.some((id) => !open.includes(id))) {
      throw new SimRefusal(
        400,
        `messages.${index}: toolResult blocks must answer exactly the toolUse blocks of the turn before.`,
      );
    }
    open = turn.calls.map(({ id }) => id);
    return turn;
  });
}

function readTurn(role: 'user' | 'assistant', blocks: readonly JsonObject[]): SimTurn {
  const members = (name: string): readonly JsonObject[] =>
    blocks.map((block) => objectAt(block, name)).filter((member) => member !== undefined);
  const texts = blocks.filter((block) => block['text'] !== undefined).map(textOf);
  if (texts.some((text) => text.trim() === '')) {
    throw new SimRefusal(
      400,
      'The text field in the ContentBlock object is blank. Add text to the text field, and try again.',
    );
  }
  return {
    ...emptyTurn(role),
    text: texts.join('\n'),
    media: [...blocks, ...members('toolResult').flatMap(contentOf)].flatMap(readMedia),
    calls: members('toolUse').map((call) => ({
      id: stringAt(call, 'toolUseId') ?? '',
      name: stringAt(call, 'name') ?? '',
      arguments: JSON.stringify(call['input'] ?? {}),
    })),
    results: members('toolResult').map(readResult),
    reasoning: members('reasoningContent').flatMap(readReasoning),
  };
}

const textOf = (block: JsonObject): string => stringAt(block, 'text') ?? '';

const contentOf = (result: JsonObject): readonly JsonObject[] =>
  (arrayAt(result, 'content') ?? []).filter(isJsonObject);

function readResult(result: JsonObject): SimResult {
  const texts = contentOf(result).map((part) => {
    const { json } = part;
    return json === undefined ? textOf(part) : JSON.stringify(json);
  });
  return { id: stringAt(result, 'toolUseId') ?? '', name: null, text: texts.filter((text) => text !== '').join('\n') };
}

function readReasoning(content: JsonObject): readonly SimReasoning[] {
  const said = objectAt(content, 'reasoningText');
  return said ? [{ text: textOf(said), signature: stringAt(said, 'signature') ?? '' }] : [];
}

const MEDIA = { image: 'image', document: 'file', video: 'video', audio: 'audio' } as const;
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
};

function readMedia(block: JsonObject): readonly SimMedia[] {
  return (['image', 'document', 'video', 'audio'] as const).flatMap((name): SimMedia[] => {
    const medium = objectAt(block, name);
    if (!medium) return [];
    const bytes = stringAt(objectAt(medium, 'source') ?? {}, 'bytes');
    if (bytes === undefined) throw new SimRefusal(400, `${name}.source.bytes is required: addresses are not fetched.`);
    const title = stringAt(medium, 'name') ?? null;
    if (name === 'document' && !/^[\w\s()[\]-]{1,200}$/.test(title ?? '')) {
      throw new SimRefusal(
        400,
        'The file name can only contain alphanumeric characters, whitespace, hyphens, parentheses, and square brackets.',
      );
    }
    const format = stringAt(medium, 'format') ?? '';
    const mediaType = MEDIA_TYPES[format] ?? `${name === 'document' ? 'application' : name}/${format}`;
    return [{ kind: MEDIA[name], mediaType, bytes: base64Size(bytes), name: title }];
  });
}

function readTool(tool: Json): readonly SimTool[] {
  const spec = isJsonObject(tool) ? objectAt(tool, 'toolSpec') : undefined;
  if (!spec) return [];
  return [{ name: stringAt(spec, 'name') ?? '', schema: objectAt(spec, 'inputSchema')?.['json'] ?? {} }];
}

function readToolChoice(choice: JsonObject | undefined): SimToolChoice {
  if (choice?.['any']) return { kind: 'required' };
  const named = choice && objectAt(choice, 'tool');
  return named ? { kind: 'named', name: stringAt(named, 'name') ?? '' } : { kind: 'auto' };
}
