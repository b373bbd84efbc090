/** Turns, wire → core. Calls and results that carry no ids find each other by name and order. */
import type { Message, Part, ToolMessage, UserMessage } from '../../../core/chat.ts';
import { invalidRequest } from '../../../core/errors.ts';
import type { Note } from '../../../core/note.ts';
import { openCalls } from '../../shared/openai/open-calls.ts';
import { resultText } from './call-text.ts';
import { decodeBlob, decodeFile } from './media.ts';
import { type OpenModelTurn, openModelTurn } from './model-turn.ts';
import type {
  WireFunctionCall,
  WireFunctionResponse,
  WireGeminiRequest,
  WireRequestContent,
  WireRequestPart,
} from './wire-request.ts';

/** @throws GatewayError `client.invalid_request` where a part belongs to a turn of another role */
export function decodeContents(wire: WireGeminiRequest, notes: Note[]): readonly Message[] {
  const calls = openCallNames();
  const system = systemParts(wire, notes);
  const messages: Message[] = system.length > 0 ? [{ role: 'system', content: system }] : [];
  let turn: OpenModelTurn | undefined;
  wire.contents.forEach((content, at) => {
    const path = `contents[${at}]`;
    const parts = content.parts ?? [];
    noteMetadata(parts, path, notes);
    if (content.role === 'model') {
      turn ??= openModelTurn(calls.name, notes);
      turn.add(parts, path);
      return;
    }
    if (turn) messages.push(...turn.messages());
    turn = undefined;
    messages.push(...decodeUserTurn(content, path, calls, notes));
  });
  return turn ? [...messages, ...turn.messages()] : messages;
}

function systemParts({ systemInstruction }: WireGeminiRequest, notes: Note[]): readonly Part[] {
  const parts = systemInstruction?.parts ?? [];
  noteMetadata(parts, 'systemInstruction', notes);
  return parts.flatMap((part) => userPart(part) ?? []);
}

function decodeUserTurn(content: WireRequestContent, path: string, calls: CallNames, notes: Note[]): Message[] {
  const results: ToolMessage[] = [];
  const said: Part[] = [];
  (content.parts ?? []).forEach((part, at) => {
    const field = `${path}.parts[${at}]`;
    if (part.functionCall) {
      throw invalidRequest(`${field}.functionCall`, 'a function call belongs to a turn of the role "model"');
    }
    if (part.functionResponse) {
      // A result stands right after its call in every grammar.
      if (said.length > 0) {
        notes.push({ code: 'message.changed', field, message: 'moved before what the user says in the same turn' });
      }
      results.push(decodeResult(part.functionResponse, calls));
    } else {
      const decoded = userPart(part);
      if (decoded) said.push(decoded);
      else if (!part.text) noteUnsaid(part, field, notes);
    }
  });
  const user: UserMessage = { role: 'user', content: said };
  return said.length > 0 ? [...results, user] : results;
}

function userPart(part: WireRequestPart): Part | undefined {
  if (part.inlineData) return decodeBlob(part.inlineData);
  if (part.fileData) return decodeFile(part.fileData);
  return part.text ? { type: 'text', text: part.text } : undefined;
}

function noteUnsaid(part: WireRequestPart, field: string, notes: Note[]): void {
  const names = Object.keys(part).filter((name) => !['text', 'thought', 'thoughtSignature'].includes(name));
  if (names.length === 0) return;
  notes.push({ code: 'part.dropped', field, message: `nobody here knows a part of ${names.join(', ')}` });
}

/** What says how media are to be looked at: only Google's models read it. */
const PART_METADATA = ['videoMetadata', 'mediaResolution', 'partMetadata'];

function noteMetadata(parts: readonly WireRequestPart[], path: string, notes: Note[]): void {
  parts.forEach((part, at) => {
    for (const name of PART_METADATA) {
      if (!Object.hasOwn(part, name)) continue;
      const field = `${path}.parts[${at}].${name}`;
      notes.push({ code: 'parameter.dropped', field, message: `${name} is said only where the request is relayed` });
    }
  });
}

function decodeResult(response: WireFunctionResponse, calls: CallNames): ToolMessage {
  const { parts, isError } = resultText(response.response, response.name ?? '');
  const media = (response.parts ?? []).flatMap(({ inlineData, fileData }) => {
    if (inlineData) return [decodeBlob(inlineData)];
    return fileData ? [decodeFile(fileData)] : [];
  });
  return {
    role: 'tool',
    toolCallId: calls.answer(response),
    content: [...parts, ...media],
    name: response.name,
    ...(isError && { isError }),
  };
}

interface CallNames {
  /** The id of a call: its own, or one made of its place in the conversation, so that it is the same on every turn. */
  name(call: WireFunctionCall): string;
  /** The id of the call that a result answers. */
  answer(response: WireFunctionResponse): string;
}

function openCallNames(): CallNames {
  const open = openCalls<{ readonly id: string; readonly name: string }>();
  let count = 0;
  const made = (name: string): string => `call_${count++}_${name}`.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64);
  return {
    name(call) {
      const id = call.id || made(call.name);
      open.add({ id, name: call.name });
      return id;
    },
    answer({ id, name }) {
      const call = (id ? open.takeById(id) : undefined) ?? open.takeByName(name);
      return call?.id ?? (id || made(name));
    },
  };
}
