/** A Responses request as a simulated model sees it. */
import type { Json, JsonObject } from '../../core/json.ts';
import { arrayAt, isJsonArray, isJsonObject, objectAt, stringAt } from '../../core/json.ts';
import { tokenLimit } from './grammar.ts';
import type { SimMedia, SimPrompt, SimTool, SimToolChoice, SimTurn } from './prompt.ts';
import { addResult, emptyTurn, mediaFromUrl, SimRefusal } from './prompt.ts';

export function readResponsesPrompt(body: JsonObject): SimPrompt {
  if (body['store'] === true)
    throw new SimRefusal(400, 'Simulated models store nothing: store must be false.', 'store');
  const items = itemsOf(body['input']);
  const isSystem = (item: JsonObject): boolean => item['role'] === 'system' || item['role'] === 'developer';
  const system = [
    stringAt(body, 'instructions') ?? '',
    ...items.filter(isSystem).map((item) => textOf(item['content'])),
  ];
  const format = objectAt(objectAt(body, 'text') ?? {}, 'format');
  const allowed = allowedNames(body['tool_choice']);
  return {
    stream: body['stream'] === true,
    system: system.filter((text) => text !== '').join('\n'),
    turns: readTurns(items.filter((item) => !isSystem(item))),
    tools: (arrayAt(body, 'tools') ?? []).flatMap(readTool).filter(({ name }) => allowed?.has(name) ?? true),
    toolChoice: readToolChoice(body['tool_choice']),
    parallelCalls: body['parallel_tool_calls'] !== false,
    maxTokens: tokenLimit(body, 'max_output_tokens'),
    stop: [],
    answerSchema:
      format?.['type'] === 'json_object'
        ? 'any'
        : format?.['type'] === 'json_schema'
          ? (format['schema'] ?? 'any')
          : null,
    reasoning: readReasoningMode(objectAt(body, 'reasoning')),
    streamUsage: true,
    logprobs: false,
  };
}

function readReasoningMode(reasoning: JsonObject | undefined): SimPrompt['reasoning'] {
  if (reasoning?.['effort'] === 'none') return 'off';
  return reasoning?.['summary'] ? 'shown' : 'hidden';
}

function itemsOf(input: Json | undefined): readonly JsonObject[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  if (isJsonArray(input) && input.length > 0) return input.filter(isJsonObject);
  throw new SimRefusal(400, "'input' must be a text or a list with at least one item.", 'input');
}

/** Items of the model stand together as one turn; every call must be answered by the end, every answer must have its call. */
function readTurns(items: readonly JsonObject[]): readonly SimTurn[] {
  const turns: SimTurn[] = [];
  const called = new Set<string>();
  const turnOf = (role: SimTurn['role']): SimTurn => {
    const last = turns.at(-1);
    if (last?.role === role && role !== 'user') return last;
    const turn = emptyTurn(role);
    turns.push(turn);
    return turn;
  };
  const change = (role: SimTurn['role'], edit: (turn: SimTurn) => SimTurn): void => {
    const turn = turnOf(role);
    turns[turns.indexOf(turn)] = edit(turn);
  };
  items.forEach((item, index) => {
    const type = stringAt(item, 'type') ?? 'message';
    switch (type) {
      case 'message': {
        const role = item['role'] === 'assistant' ? 'assistant' : 'user';
        const text = textOf(item['content']);
        change(role, (turn) => ({
          ...turn,
          text: turn.text + text,
          media: [...turn.media, ...mediaOf(item['content'])],
        }));
        return;
      }
      case 'function_call':
      case 'custom_tool_call': {
        const id = stringAt(item, 'call_id') ?? '';
        called.add(id);
        const written = stringAt(item, 'arguments') ?? stringAt(item, 'input') ?? '';
        const call = { id, name: stringAt(item, 'name') ?? '', arguments: written };
        change('assistant', (turn) => ({ ...turn, calls: [...turn.calls, call] }));
        return;
      }
      case 'function_call_output':
      case 'custom_tool_call_output': {
        const id = stringAt(item, 'call_id') ?? '';
        if (!called.has(id))
          throw new SimRefusal(
            400,
            `No tool call found for function call output with call_id ${id}.`,
            `input[${index}]`,
          );
        const { output } = item;
        const result = { id, name: null, text: typeof output === 'string' ? output : textOf(output) };
        addResult(turns, result, mediaOf(output));
        return;
      }
      case 'reasoning': {
        const summary = (arrayAt(item, 'summary') ?? [])
          .filter(isJsonObject)
          .map((part) => stringAt(part, 'text') ?? '');
        const signature = stringAt(item, 'encrypted_content');
        if (signature === undefined)
          throw new SimRefusal(
            400,
            `input[${index}]: a reasoning item needs encrypted_content where nothing is stored.`,
            `input[${index}]`,
          );
        const reasoning = { text: summary.join(''), signature };
        change('assistant', (turn) => ({ ...turn, reasoning: [...turn.reasoning, reasoning] }));
        return;
      }
      default:
        throw new SimRefusal(400, `input[${index}].type "${type}" is unknown.`, `input[${index}].type`);
    }
  });
  return turns;
}

function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  if (!isJsonArray(content)) return '';
  const texts = content.map((part) =>
    isJsonObject(part) ? (stringAt(part, 'text') ?? stringAt(part, 'refusal') ?? '') : '',
  );
  return texts.filter((text) => text !== '').join('\n');
}

function mediaOf(content: Json | undefined): readonly SimMedia[] {
  if (!isJsonArray(content)) return [];
  return content.filter(isJsonObject).flatMap((part): SimMedia[] => {
    if (part['type'] === 'input_image') return [mediaFromUrl(stringAt(part, 'image_url') ?? '', 'image')];
    if (part['type'] !== 'input_file') return [];
    const address = stringAt(part, 'file_data') ?? stringAt(part, 'file_url') ?? '';
    return [mediaFromUrl(address, 'file', stringAt(part, 'filename') ?? null)];
  });
}

function readTool(tool: Json): readonly SimTool[] {
  if (!isJsonObject(tool)) return [];
  const name = stringAt(tool, 'name') ?? '';
  if (tool['type'] === 'function') return [{ name, schema: tool['parameters'] ?? {} }];
  return tool['type'] === 'custom' ? [{ name, schema: { type: 'object' }, custom: true }] : [];
}

/** The names of `allowed_tools`; undefined where the choice is among all. */
function allowedNames(choice: Json | undefined): ReadonlySet<string> | undefined {
  if (!isJsonObject(choice) || choice['type'] !== 'allowed_tools') return undefined;
  const tools = (arrayAt(choice, 'tools') ?? []).filter(isJsonObject);
  return new Set(tools.flatMap((tool) => stringAt(tool, 'name') ?? []));
}

function readToolChoice(choice: Json | undefined): SimToolChoice {
  if (isJsonObject(choice) && choice['type'] === 'allowed_tools') {
    return { kind: choice['mode'] === 'required' ? 'required' : 'auto' };
  }
  if (choice === 'none' || choice === 'required') return { kind: choice };
  const name = isJsonObject(choice) ? stringAt(choice, 'name') : undefined;
  return name === undefined ? { kind: 'auto' } : { kind: 'named', name };
}
