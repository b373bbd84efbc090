/** A naive client of the messages stream, for tests: collects a message as the grammar's own SDK does, and holds it to the order. */
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';

type Open = { [key: string]: Json | undefined };

export interface Folded {
  readonly message: JsonObject;
  /** Types of the events, pings left out. */
  readonly order: readonly string[];
  readonly error: JsonObject | undefined;
}

/** @throws where a block is not opened, closed or indexed as it must be, or an event's name is not its type */
export function foldStream(text: string): Folded {
  let message: Open = {};
  let error: JsonObject | undefined;
  const content: Open[] = [];
  const order: string[] = [];
  let open = -1;
  let input = '';
  for (const frame of text.split('\n\n').slice(0, -1)) {
    const event = eventOf(frame);
    const type = String(event['type']);
    if (type === 'ping') continue;
    order.push(type);
    const index = Number(event['index'] ?? -1);
    const block = content[index] ?? {};
    switch (type) {
      case 'message_start':
        message = { ...objectAt(event, 'message') };
        break;
      case 'content_block_start':
        if (open !== -1 || index !== content.length) throw new Error(`block ${index} opens while ${open} is open`);
        open = index;
        input = '';
        content.push({ ...objectAt(event, 'content_block') });
        break;
      case 'content_block_delta':
        if (index !== open) throw new Error(`a delta for ${index} while ${open} is open`);
        input += applyDelta(block, objectAt(event, 'delta') ?? {});
        break;
      case 'content_block_stop':
        if (index !== open) throw new Error(`block ${index} stops while ${open} is open`);
        open = -1;
        if (input) block['input'] = inputOf(input);
        break;
      case 'message_delta':
        if (open !== -1) throw new Error(`the message ends while ${open} is open`);
        message = { ...message, ...objectAt(event, 'delta') };
        message['usage'] = { ...objectAt(message, 'usage'), ...objectAt(event, 'usage') };
        break;
      case 'error':
        error = objectAt(event, 'error');
    }
  }
  return { message: { ...message, content }, order, error };
}

function eventOf(frame: string): JsonObject {
  const [name, data, ...more] = frame.split('\n');
  const event = tryParseJson(data?.replace(/^data: /, '') ?? '');
  if (!isJsonObject(event) || more.length > 0) throw new Error(`not an event: ${frame}`);
  if (name !== `event: ${String(event['type'])}`)
    throw new Error(`${name} is not the name of ${String(event['type'])}`);
  return event;
}

/** Gives the piece of an input, which is parsed once it is whole. */
function applyDelta(block: Open, delta: JsonObject): string {
  for (const member of ['text', 'thinking', 'signature']) {
    if (typeof delta[member] === 'string') block[member] = (stringAt(block, member) ?? '') + delta[member];
  }
  if (delta['citation'] !== undefined) block['citations'] = [...(arrayAt(block, 'citations') ?? []), delta['citation']];
  return stringAt(delta, 'partial_json') ?? '';
}

function inputOf(written: string): JsonObject {
  const value = tryParseJson(written);
  return isJsonObject(value) ? value : { _raw: written };
}
