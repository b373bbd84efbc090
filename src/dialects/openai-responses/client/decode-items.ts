/**
 * Input items → messages. Neighbouring items of one turn of the model are one message as long as they stand in a message's
 * order (reasoning, content, tool calls); where they do not, the turn is several messages in a row.
 */
import type { Message, Part, ReasoningDetail, ToolCall } from '../../../core/chat.ts';
import { invalidRequest } from '../../../core/errors.ts';
import { arrayAt, isJsonObject, type JsonObject, stringAt } from '../../../core/json.ts';
import { decodeImageUrl, decodeUrl } from '../../shared/client/media-source.ts';
import type { Notebook } from '../../shared/notebook.ts';
import {
  isKnownItem,
  type WireFunctionCall,
  type WireImageCall,
  type WireItem,
  type WireKnownItem,
  type WireMessageItem,
  type WireResponsesRequest,
} from '../wire-types.ts';
import { decodeParts, refusalIn } from './decode-parts.ts';
import { decodeReasoningItem, isBoundToPart } from './decode-reasoning.ts';
import { decodeHostedItem, type HostedItem } from './hosted-items.ts';
import { nameOf, TOOL_SEARCH, type ToolNames } from './tool-names.ts';

/**
 * The whole conversation, instructions first.
 * @throws GatewayError `client.invalid_request` where an item cannot be understood
 */
export function decodeConversation(
  { instructions, input }: WireResponsesRequest,
  names: ToolNames,
  notes: Notebook,
): readonly Message[] {
  const conversation = new Conversation(names, notes);
  if (instructions) conversation.say({ role: 'system', content: [{ type: 'text', text: instructions }] });
  if (typeof input === 'string') conversation.say({ role: 'user', content: [{ type: 'text', text: input }] });
  else for (const [at, item] of input.entries()) conversation.add(item, `input[${at}]`);
  return conversation.end();
}

/** A turn of the model as far as it was read. */
interface Turn {
  readonly content: Part[];
  readonly toolCalls: ToolCall[];
  readonly reasoningDetails: ReasoningDetail[];
  refusal: string;
}

class Conversation {
  readonly #names: ToolNames;
  readonly #notes: Notebook;
  readonly #messages: Message[] = [];
  readonly #calls = new Map<string, ToolCall>();
  readonly #unanswered = new Set<string>();
  #turn: Turn | undefined;

  constructor(names: ToolNames, notes: Notebook) {
    this.#names = names;
    this.#notes = notes;
  }

  say(message: Message): void {
    this.#endTurn();
    this.#messages.push(message);
  }

  end(): readonly Message[] {
    this.#endTurn();
    return this.#messages;
  }

  add(item: WireItem, path: string): void {
    if (isKnownItem(item)) this.#addKnown(item, path);
    else this.#addHosted(item, path);
  }

  #addKnown(item: WireKnownItem, path: string): void {
    switch (item.type) {
      case undefined:
      case null:
      case 'message':
        this.#addMessage(item, path);
        return;
      case 'reasoning': {
        const details = decodeReasoningItem(item, path, this.#notes);
        const turn = details.every(isBoundToPart)
          ? (this.#turn ?? this.#turnAt('reasoning'))
          : this.#turnAt('reasoning');
        // Details of one kind are told apart by their index.
        for (const detail of details) turn.reasoningDetails.push({ index: turn.reasoningDetails.length, ...detail });
        return;
      }
      case 'function_call':
        this.#addCall({
          id: item.call_id,
          name: this.#names.flat(item.name, item.namespace),
          arguments: argumentsOf(item),
        });
        return;
      case 'custom_tool_call':
        this.#addCall({
          id: item.call_id,
          name: this.#names.flat(item.name, item.namespace),
          arguments: item.input,
          custom: true,
        });
        return;
      case 'function_call_output':
      case 'custom_tool_call_output': {
        const name = 'name' in item ? item.name : undefined;
        const content = decodeParts(item.output, `${path}.output`, this.#notes);
        this.#addResult(item.call_id, content, `${path}.call_id`, name);
        return;
      }
      case 'image_generation_call': {
        const image = imageOf(item, path);
        if (image) (this.#turnOfImages(true) ?? this.#turnAt('content')).content.push(image);
        else
          this.#notes.add('message.dropped', path, 'an image that is only referred to; send it back with its result');
        return;
      }
      case 'additional_tools':
        // Its tools are offered with the request's own (tool-names.ts).
        return;
      case 'tool_search_call':
        if (item.call_id) {
          this.#addCall({ id: item.call_id, name: TOOL_SEARCH, arguments: JSON.stringify(item.arguments ?? {}) });
        } else this.#noteSearch(path);
        return;
      case 'tool_search_output':
        if (item.call_id && this.#calls.has(item.call_id)) {
          this.#addResult(item.call_id, [{ type: 'text', text: this.#found(item.tools ?? []) }], path);
        } else this.#noteSearch(path);
        return;
    }
  }

  /** A search that the vendor made: what it found is offered with the request's own tools. */
  #noteSearch(path: string): void {
    this.#notes.once('tool-search', 'message.dropped', path, 'a search for tools that the provider made by itself');
  }

  /** What a search found is offered with the request's own tools: the model is told under which names. */
  #found(tools: readonly JsonObject[]): string {
    const names = tools.flatMap((tool) => {
      const inner = tool['type'] === 'namespace' ? (arrayAt(tool, 'tools') ?? []).filter(isJsonObject) : [tool];
      const namespace = tool['type'] === 'namespace' ? stringAt(tool, 'name') : undefined;
      return inner.flatMap((each) => {
        const name = nameOf(each);
        return name === undefined ? [] : [this.#names.flat(name, namespace)];
      });
    });
    return names.length > 0 ? `These tools can be called now: ${names.join(', ')}` : 'No tools were found.';
  }

  #addMessage(item: WireMessageItem, path: string): void {
    const content = decodeParts(item.content, `${path}.content`, this.#notes);
    if (item.role !== 'assistant') {
      this.say({ role: item.role, content });
      return;
    }
    if (item.phase) this.#notes.once('phase', 'message.changed', `${path}.phase`, 'only this grammar has phases');
    const turn = this.#turnOfImages(false) ?? this.#turnAt('content');
    turn.content.push(...content);
    turn.refusal += refusalIn(item.content);
  }

  #addCall(call: ToolCall): void {
    this.#calls.set(call.id, call);
    this.#unanswered.add(call.id);
    this.#turnAt('tools').toolCalls.push(call);
  }

  #addResult(id: string | null | undefined, content: readonly Part[], path: string, name?: string | null): void {
    // A result without an id answers the oldest call that has none.
    const [oldest] = this.#unanswered;
    const toolCallId = id || oldest;
    if (toolCallId === undefined) {
      throw invalidRequest(
        path,
        'names no call of the conversation; send the call_id of the call that this result answers',
      );
    }
    this.#unanswered.delete(toolCallId);
    const called = name || this.#calls.get(toolCallId)?.name;
    this.say({ role: 'tool', toolCallId, content, ...(called && { name: called }) });
  }

  #addHosted(item: JsonObject, path: string): void {
    const decoded = decodeHostedItem(item, (id) => this.#calls.has(id));
    switch (decoded.type) {
      case 'call':
        this.#notes.once('hosted', 'message.changed', path, `${item['type']} is told as a call of a function`);
        this.#addCall(decoded.call);
        return;
      case 'result':
        this.#addResult(decoded.id, hostedResult(decoded, path), path);
        return;
      case 'unknown':
        this.#notes.add('message.dropped', path, `an item of type ${decoded.name} can be said only in this grammar`);
    }
  }

  /** The turn at hand if this kind of part can follow in its order, else a new one. */
  #turnAt(kind: 'reasoning' | 'content' | 'tools'): Turn {
    const turn = this.#turn;
    if (turn && (kind === 'tools' || (!hasContent(turn) && turn.toolCalls.length === 0))) return turn;
    this.#endTurn();
    this.#turn = { content: [], toolCalls: [], reasoningDetails: [], refusal: '' };
    return this.#turn;
  }

  /**
   * The turn at hand where images stand beside texts: a signature names its image by the place in the whole turn.
   * @param isImage what comes is one
   */
  #turnOfImages(isImage: boolean): Turn | undefined {
    const turn = this.#turn;
    if (!turn || turn.toolCalls.length > 0) return undefined;
    return isImage || turn.content.some(({ type }) => type === 'image') ? turn : undefined;
  }

  #endTurn(): void {
    if (!this.#turn) return;
    const { refusal, ...turn } = this.#turn;
    this.#turn = undefined;
    if (turn.content.length > 0 || turn.toolCalls.length > 0 || refusal) {
      this.#messages.push({ role: 'assistant', ...turn, ...(refusal && { refusal }) });
    } else if (turn.reasoningDetails.length > 0) this.#addTrailing(turn.reasoningDetails);
  }

  /** Reasoning that nothing follows is no turn by itself: it belongs to what the model said before it. */
  #addTrailing(details: readonly ReasoningDetail[]): void {
    const last = this.#messages.at(-1);
    if (last?.role === 'assistant') {
      this.#messages[this.#messages.length - 1] = { ...last, reasoningDetails: [...last.reasoningDetails, ...details] };
    } else {
      this.#notes.once('lone-reasoning', 'reasoning.dropped', 'input', 'reasoning without an answer is not replayed');
    }
  }
}

function hasContent({ content, refusal }: Turn): boolean {
  return content.length > 0 || refusal !== '';
}

function argumentsOf({ arguments: written }: WireFunctionCall): string {
  if (typeof written === 'string') return written;
  return written ? JSON.stringify(written) : '';
}

function hostedResult({ text, imageUrl }: Extract<HostedItem, { type: 'result' }>, path: string): readonly Part[] {
  if (imageUrl !== undefined) return [decodeImageUrl(imageUrl, `${path}.output.image_url`)];
  return text === '' ? [] : [{ type: 'text', text }];
}

/** The vendor gives bare base64; an address is what another vendor gave. */
function imageOf({ result, output_format: format }: WireImageCall, path: string): Part | undefined {
  if (!result) return undefined;
  return { type: 'image', source: decodeUrl(result, `${path}.result`, `image/${format || 'png'}`) };
}
