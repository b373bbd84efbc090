/**
 * The Converse stream → core events (docs/sources.md): messageStart, blocks, messageStop, metadata. `messageStop` and a clean
 * end prove the end; `metadata` alone has the usage and comes after it. Everything else is a cut. Behind proxies that send
 * server-sent events an event has no name and is the one member of its object, and metadata may come first.
 */
import type { ChatEvent } from '../../core/chat-events.ts';
import { GatewayError } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';
import { tryParseJson } from '../../wire/json.ts';
import type { Frame, StreamDecoder, UpstreamContext } from '../dialect.ts';
import { tierServed } from '../shared/gateway/service-tier.ts';
import { cutError } from '../shared/upstream/cut-error.ts';
import { openBlockReader } from './block-reader.ts';
import { exceptionInside } from './errors.ts';
import { factsOf } from './model-facts.ts';
import { toUsage } from './usage.ts';

export function openDecoder(context: UpstreamContext): StreamDecoder {
  const { providerName, usage: semantics } = context.host;
  const reader = openBlockReader(factsOf(context).reasoningFormat);
  let state: 'waiting' | 'open' | 'stopped' | 'failed' = 'waiting';
  let hasMetadata = false;
  let failure: GatewayError | undefined;

  const fail = (error: GatewayError): readonly ChatEvent[] => {
    state = 'failed';
    failure = error;
    return [{ type: 'error', error }];
  };
  const badAnswer = (what: string): readonly ChatEvent[] =>
    fail(new GatewayError('provider.bad_answer', `${providerName} ${what}.`, { providerName }));

  const begin = (): ChatEvent[] => {
    if (state !== 'waiting') return [];
    state = 'open';
    return [{ type: 'response-start' }];
  };

  const readMetadata = (metadata: JsonObject): readonly ChatEvent[] => {
    hasMetadata = true;
    const tier = stringAt(objectAt(metadata, 'serviceTier') ?? {}, 'type');
    const usage = toUsage(objectAt(metadata, 'usage') ?? {}, semantics);
    return [
      ...(tier ? [{ type: 'response-start', serviceTier: tierServed(tier) } as const] : []),
      ...(usage ? [{ type: 'usage', usage } as const] : []),
    ];
  };

  const read = (type: string, value: JsonObject): readonly ChatEvent[] => {
    const index = numberAt(value, 'contentBlockIndex') ?? 0;
    if (type === 'metadata') return readMetadata(value);
    // What follows the end but metadata says nothing.
    if (state === 'stopped') return [];
    switch (type) {
      case 'messageStart':
        return reader.hasBlocks ? badAnswer('started a second message inside the first') : begin();
      case 'contentBlockStart':
        return [...begin(), ...reader.start(index, objectAt(value, 'start') ?? {})];
      case 'contentBlockDelta': {
        const events = reader.delta(index, objectAt(value, 'delta') ?? {});
        return events ? [...begin(), ...events] : badAnswer('sent tool arguments without opening the tool call');
      }
      case 'contentBlockStop':
        return reader.stop(index);
      case 'messageStop': {
        const events = [...begin(), ...reader.finish(stringAt(value, 'stopReason') ?? 'end_turn')];
        state = 'stopped';
        return events;
      }
      default:
        // Events that are yet to be invented say nothing.
        return [];
    }
  };

  return {
    get isTerminated() {
      return state === 'stopped' && hasMetadata;
    },
    push(frame) {
      if (state === 'failed' || frame.data === '') return [];
      const value = tryParseJson(frame.data);
      const exception = exceptionOf(frame, value);
      if (exception) return fail(exceptionInside(exception.name, exception.value, context));
      if (value === undefined) return badAnswer('sent a stream event that is not JSON');
      if (!isJsonObject(value)) return badAnswer('sent a stream event that is not a JSON object');
      const named = frame.event === undefined ? memberOf(value) : { name: frame.event, value };
      return named && isJsonObject(named.value) ? read(named.name, named.value) : [];
    },
    end(reason) {
      if (failure) return { events: [], outcome: failure };
      const isWhole = state === 'stopped' && (hasMetadata || reason === 'upstream-end');
      return { events: [], outcome: isWhole ? 'complete' : cutError(reason, state !== 'waiting', providerName) };
    },
  };
}

interface Named {
  readonly name: string;
  readonly value: Json | undefined;
}

/** An exception is a message of its own kind (wire/aws-event-stream.ts), or a member that is called so. */
function exceptionOf({ event }: Frame, value: Json | undefined): Named | undefined {
  const kind = /^(?:exception|error):(.*)$/.exec(event ?? '');
  if (kind) return { name: kind[1] ?? '', value };
  const member = event === undefined && isJsonObject(value) ? memberOf(value) : undefined;
  return member && /Exception$/.test(member.name) ? member : undefined;
}

/** The one member of a union. */
function memberOf(value: JsonObject): Named | undefined {
  for (const [name, member] of Object.entries(value)) if (isJsonObject(member)) return { name, value: member };
  return undefined;
}
