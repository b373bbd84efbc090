/** A Cohere chat request as a simulated model sees it. */
import type { Json, JsonObject } from '../../core/json.ts';
import { arrayAt, isJsonArray, isJsonObject, objectAt, stringAt } from '../../core/json.ts';
import { objectList, stringList, tokenLimit } from './grammar.ts';
import type { SimMedia, SimPrompt, SimReasoning, SimTool, SimToolChoice, SimTurn } from './prompt.ts';
import { addResult, emptyTurn, mediaFromUrl, SimRefusal } from './prompt.ts';

export function readCoherePrompt(body: JsonObject): SimPrompt {
  const messages = objectList(body, 'messages');
  return {
    stream: body['stream'] === true,
    system: messages
      .filter((message) => message['role'] === 'system')
      .map((message) => textOf(message['content']))
      .join('\n'),
    turns: readTurns(messages),
    tools: (arrayAt(body, 'tools') ?? []).flatMap(readTool),
    toolChoice: readToolChoice(body['tool_choice']),
    parallelCalls: true,
    maxTokens: tokenLimit(body, 'max_tokens'),
    stop: stringList(body['stop_sequences']),
    answerSchema: readAnswerSchema(objectAt(body, 'response_format')),
    reasoning: objectAt(body, 'thinking')?.['type'] === 'disabled' ? 'off' : 'shown',
    streamUsage: true,
    logprobs: false,
  };
}

function readAnswerSchema(format: JsonObject | undefined): Json | null {
  if (format?.['type'] === undefined || format['type'] === 'text') return null;
  if (format['type'] !== 'json_object') throw new SimRefusal(400, 'response_format.type must be text or json_object.');
  return format['json_schema'] ?? 'any';
}

function readToolChoice(choice: Json | undefined): SimToolChoice {
  if (choice === undefined) return { kind: 'auto' };
  if (choice === 'REQUIRED') return { kind: 'required' };
  if (choice === 'NONE') return { kind: 'none' };
  throw new SimRefusal(400, 'tool_choice must be REQUIRED or NONE.', 'tool_choice');
}

function readTurns(messages: readonly JsonObject[]): readonly SimTurn[] {
  const turns: SimTurn[] = [];
  const called = new Set<string>();
  messages.forEach((message, index) => {
    switch (message['role']) {
      case 'system':
        return;
      case 'user':
        turns.push({ ...emptyTurn('user'), text: textOf(message['content']), media: mediaOf(message['content']) });
        return;
      case 'assistant': {
        const calls = (arrayAt(message, 'tool_calls') ?? []).filter(isJsonObject).map(readCall);
        for (const { id } of calls) called.add(id);
        turns.push({
          ...emptyTurn('assistant'),
          text: textOf(message['content']),
          calls,
          reasoning: readReasoning(message['content']),
        });
        return;
      }
      case 'tool': {
        const id = stringAt(message, 'tool_call_id') ?? '';
        if (!called.has(id)) throw new SimRefusal(400, `messages[${index}]: there is no tool call with the id ${id}.`);
        const result = { id, name: null, text: resultOf(message['content']) };
        addResult(turns, result, mediaOf(message['content']));
        return;
      }
      default:
        throw new SimRefusal(400, `messages[${index}].role must be system, user, assistant or tool.`);
    }
  });
  return turns;
}

function readCall(call: JsonObject) {
  const made = objectAt(call, 'function') ?? {};
  return {
    id: stringAt(call, 'id') ?? '',
    name: stringAt(made, 'name') ?? '',
    arguments: stringAt(made, 'arguments') ?? '',
  };
}

const partsOf = (content: Json | undefined): readonly JsonObject[] =>
  isJsonArray(content) ? content.filter(isJsonObject) : [];

function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  const texts = partsOf(content).map((part) => stringAt(part, 'text') ?? '');
  return texts.filter((text) => text !== '').join('\n');
}

/** A result may be documents: their data is what the model reads. */
function resultOf(content: Json | undefined): string {
  const documents = partsOf(content).flatMap((part) => {
    const data = objectAt(part, 'document')?.['data'];
    if (data === undefined) return [];
    return typeof data === 'string' ? [data] : [JSON.stringify(data)];
  });
  return [textOf(content), ...documents].filter((text) => text !== '').join('\n');
}

function readReasoning(content: Json | undefined): readonly SimReasoning[] {
  const thoughts = partsOf(content).filter((part) => part['type'] === 'thinking');
  return thoughts.map((part) => ({ text: stringAt(part, 'thinking') ?? '', signature: null }));
}

function mediaOf(content: Json | undefined): readonly SimMedia[] {
  return partsOf(content).flatMap((part) => {
    const url = stringAt(objectAt(part, 'image_url') ?? {}, 'url');
    return url === undefined ? [] : [mediaFromUrl(url, 'image')];
  });
}

function readTool(tool: Json): readonly SimTool[] {
  const definition = isJsonObject(tool) ? objectAt(tool, 'function') : undefined;
  return definition ? [{ name: stringAt(definition, 'name') ?? '', schema: definition['parameters'] ?? {} }] : [];
}
