/** Tool calls of one choice of a stream, whatever a host leaves out: index, id, name on the first piece (docs/sources.md). */
import type { ChatEvent } from '../../core/chat-events.ts';
import { type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import { inventedId } from '../shared/upstream/tool-ids.ts';
import { argumentsOf } from './content.ts';

export interface ToolCallDecoder {
  readonly count: number;
  push(call: JsonObject, upstreamId: string | undefined, events: ChatEvent[]): void;
  flush(events: ChatEvent[]): void;
}

interface Call {
  readonly position: number;
  id: string;
  /** Whether the id is the host's own. */
  hasOwnId: boolean;
  name: string;
  isStarted: boolean;
  /** Arguments that came before the name. */
  held: string;
  isCustom: boolean;
}

export function openToolCallDecoder(choice: number): ToolCallDecoder {
  return new ToolCalls(choice);
}

class ToolCalls implements ToolCallDecoder {
  readonly #choice: number;
  readonly #calls: Call[] = [];
  /** The host's index → the call it means at present. */
  readonly #byIndex = new Map<number, Call>();

  constructor(choice: number) {
    this.#choice = choice;
  }

  get count(): number {
    return this.#calls.length;
  }

  push(wire: JsonObject, upstreamId: string | undefined, events: ChatEvent[]): void {
    const custom = objectAt(wire, 'custom');
    const source = custom ?? objectAt(wire, 'function') ?? wire;
    const id = stringAt(wire, 'id') ?? '';
    const name = stringAt(source, 'name') ?? '';
    const call = this.#callOf(wire, id, name, upstreamId);
    if (id && !call.isStarted && !call.hasOwnId) {
      call.id = id;
      call.hasOwnId = true;
    }
    if (name && !call.name) call.name = name;
    if (custom) call.isCustom = true;
    const text = custom ? (stringAt(custom, 'input') ?? '') : argumentsOf(source['arguments']);
    if (call.isStarted) this.#pushArguments(call, text, events);
    else {
      call.held += text;
      if (call.name) this.#start(call, events);
    }
  }

  flush(events: ChatEvent[]): void {
    for (const call of this.#calls) {
      if (!call.isStarted) this.#start(call, events);
    }
  }

  #callOf(wire: JsonObject, id: string, name: string, upstreamId: string | undefined): Call {
    const { index } = wire;
    if (typeof index === 'number' && Number.isInteger(index) && index >= 0) {
      const known = this.#byIndex.get(index);
      // Gemini's compatible door gives every parallel call the index 0: another id with a name is another call.
      if (known && !(id && name && known.hasOwnId && known.id !== id)) return known;
      const fresh = this.#add(id, upstreamId);
      this.#byIndex.set(index, fresh);
      return fresh;
    }
    // No index: a known id goes on, a new id or another name begins, anything else belongs to the last call.
    const last = this.#calls.at(-1);
    if (id) return this.#calls.find((call) => call.id === id) ?? this.#add(id, upstreamId);
    return last && !(name && last.isStarted) ? last : this.#add('', upstreamId);
  }

  #add(id: string, upstreamId: string | undefined): Call {
    const position = this.#calls.length;
    const call: Call = {
      position,
      id: id || inventedId(upstreamId, this.#choice, position),
      hasOwnId: id !== '',
      name: '',
      isStarted: false,
      held: '',
      isCustom: false,
    };
    this.#calls.push(call);
    return call;
  }

  #start(call: Call, events: ChatEvent[]): void {
    const { position: index, id, name, isCustom } = call;
    call.isStarted = true;
    events.push({ type: 'tool-call-start', choice: this.#choice, index, id, name, ...(isCustom && { custom: true }) });
    this.#pushArguments(call, call.held, events);
    call.held = '';
  }

  #pushArguments(call: Call, text: string, events: ChatEvent[]): void {
    if (!text) return;
    events.push({ type: 'tool-call-delta', choice: this.#choice, index: call.position, arguments: text });
  }
}
