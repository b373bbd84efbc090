/**
 * Custom tools (the model writes free text instead of JSON arguments) for hosts that have none: each is offered as a function
 * with one string argument, and the model's call of it is given back as the free text.
 * https://platform.openai.com/docs/guides/function-calling#custom-tools
 */
import type { ChatRequest, ChatResponse, Choice, Message, ToolCall, ToolDefinition } from '../../core/chat.ts';
import type { ChatEvent } from '../../core/chat-events.ts';
import { isJsonObject, type Json, type JsonObject, stringAt } from '../../core/json.ts';
import type { Note, Translated } from '../../core/note.ts';

const INPUT = 'input';

/** Names of the request's custom tools. */
export function customToolNames(request: ChatRequest): ReadonlySet<string> {
  return new Set(request.tools.filter(({ custom }) => custom).map(({ name }) => name));
}

/** The request with functions in place of custom tools, in the history too; itself where it has none. */
export function asFunctions(request: ChatRequest): Translated<ChatRequest> {
  const hasCalls = request.messages.some(
    (message) => message.role === 'assistant' && message.toolCalls.some(({ custom }) => custom),
  );
  if (!hasCalls && !request.tools.some(({ custom }) => custom)) return { value: request, notes: [] };
  const notes: Note[] = [];
  const tools = request.tools.map((tool, at) => (tool.custom ? functionOf(tool, tool.custom.format, at, notes) : tool));
  return { value: { ...request, tools, messages: request.messages.map(withWrappedCalls) }, notes };
}

function functionOf(tool: ToolDefinition, format: JsonObject | undefined, at: number, notes: Note[]): ToolDefinition {
  const { custom: _, description = '', ...kept } = tool;
  const grammar = format && grammarText(format);
  notes.push({
    code: 'tool.changed',
    field: `tools[${at}]`,
    message: `custom tool ${tool.name} is offered as a function with one string argument, ${INPUT}`,
  });
  return {
    ...kept,
    ...((description || grammar) && { description: [description, grammar].filter(Boolean).join('\n\n') }),
    parameters: {
      type: 'object',
      properties: { [INPUT]: { type: 'string', description: 'The whole input of the tool, as plain text.' } },
      required: [INPUT],
      additionalProperties: false,
    },
  };
}

/** A grammar is told to the model in words: nothing enforces it any more. */
function grammarText(format: JsonObject): string | undefined {
  const inner: JsonObject = isJsonObject(format['grammar']) ? format['grammar'] : format;
  const definition = stringAt(inner, 'definition');
  return definition && `The input must match this ${stringAt(inner, 'syntax') ?? ''} grammar:\n${definition}`;
}

function withWrappedCalls(message: Message): Message {
  if (message.role !== 'assistant' || !message.toolCalls.some(({ custom }) => custom)) return message;
  return { ...message, toolCalls: message.toolCalls.map(wrapCall) };
}

function wrapCall(call: ToolCall): ToolCall {
  if (!call.custom) return call;
  const { custom: _, ...kept } = call;
  return { ...kept, arguments: JSON.stringify({ [INPUT]: call.arguments }) };
}

/** The free text of a wrapped call; what the model wrote where it is not wrapped as asked. */
function textOf(written: string): string {
  let parsed: Json;
  try {
    parsed = JSON.parse(written);
  } catch {
    return written;
  }
  return (isJsonObject(parsed) ? stringAt(parsed, INPUT) : undefined) ?? written;
}

/** A whole reply with its calls of these tools as custom calls. */
export function withCustomCalls(response: ChatResponse, names: ReadonlySet<string>): ChatResponse {
  if (names.size === 0) return response;
  const choice = (each: Choice): Choice => ({
    ...each,
    toolCalls: each.toolCalls.map((call) =>
      names.has(call.name) && !call.custom ? { ...call, arguments: textOf(call.arguments), custom: true } : call,
    ),
  });
  return { ...response, choices: response.choices.map(choice) };
}

/** The same for a stream: a wrapped call is held until it is whole, as half of a JSON text is no free text. */
export function openCustomCalls(names: ReadonlySet<string>): (event: ChatEvent) => readonly ChatEvent[] {
  const held = new Map<string, HeldCall>();
  const release = (isDue: (call: HeldCall) => boolean): ChatEvent[] => {
    const events: ChatEvent[] = [];
    for (const [key, call] of held) {
      if (!isDue(call)) continue;
      held.delete(key);
      const text = textOf(call.written);
      if (text) events.push({ type: 'tool-call-delta', choice: call.choice, index: call.index, arguments: text });
    }
    return events;
  };
  return (event) => {
    switch (event.type) {
      case 'tool-call-start': {
        const before = release((call) => call.choice === event.choice && isWhole(call.written));
        if (!names.has(event.name) || event.custom) return [...before, event];
        held.set(`${event.choice}:${event.index}`, { choice: event.choice, index: event.index, written: '' });
        return [...before, { ...event, custom: true }];
      }
      case 'tool-call-delta': {
        const call = held.get(`${event.choice}:${event.index}`);
        if (!call) return [event];
        call.written += event.arguments;
        return [];
      }
      case 'choice-end':
        return [...release((call) => call.choice === event.choice), event];
      default:
        return [event];
    }
  };
}

interface HeldCall {
  readonly choice: number;
  readonly index: number;
  written: string;
}

function isWhole(written: string): boolean {
  try {
    JSON.parse(written);
    return true;
  } catch {
    return false;
  }
}
