/**
 * The Messages stream → core events (docs/sources.md). nothing but `message_stop` proves the end: the owner's clients
 * refuse a stream without it, so no host leaves it out (379 recorded streams). Everything else is a cut.
 */
import type { ChatEvent, EndReason } from '../../core/chat-events.ts';
import { GatewayError } from '../../core/errors.ts';
import { arrayAt, isJsonObject, type JsonObject, numberAt, objectAt, stringAt } from '../../core/json.ts';
import { tryParseJson } from '../../wire/json.ts';
import type { Frame, Outcome, StreamDecoder, UpstreamContext } from '../dialect.ts';
import { type Lesson, stringGap, TextForms } from '../shared/upstream/text-form.ts';
import { errorInside } from './errors.ts';
import { openMessageReader } from './message-reader.ts';

/** What events mean, for whoever has parsed them: the decoder, and the relay, so that the lanes cannot disagree. */
export interface EventReader {
  /** @param type the event's own, or its name where its data has none */
  read(event: JsonObject, type: string | undefined): readonly ChatEvent[];
  /** A piece of text for the block of this index; undefined where it has to be read as an event. */
  say(index: number, text: string): readonly ChatEvent[] | undefined;
  /** The end of a stream that sent what is no event of this grammar. */
  refuse(what: string): readonly ChatEvent[];
  end(reason: EndReason): { readonly events: readonly ChatEvent[]; readonly outcome: Outcome };
  /** The terminator came, or an error: nothing after it matters. */
  readonly isOver: boolean;
  readonly isTerminated: boolean;
}

export function openDecoder(context: UpstreamContext): StreamDecoder {
  const reader = openEventReader(context);
  const forms = new TextForms<number>();
  return {
    get isTerminated() {
      return reader.isTerminated;
    },
    push({ data, event: name }: Frame) {
      if (reader.isOver || isNoEvent(data)) return [];
      const found = forms.find(data, 0);
      const said = found?.next === data.length ? reader.say(found.about, found.text) : undefined;
      if (said) return said;
      const event = tryParseJson(data);
      if (event === undefined) return reader.refuse(NO_JSON);
      if (!isJsonObject(event)) return reader.refuse(NO_OBJECT);
      forms.learn(data, () => lessonOf(data, event));
      return reader.read(event, stringAt(event, 'type') ?? name);
    },
    end: reader.end,
  };
}

/** Events that differ only in their piece of text, by the index of their block. */
function lessonOf(data: string, event: JsonObject): Lesson<number> | undefined {
  const index = numberAt(event, 'index');
  if (index === undefined || !textIn(event)) return undefined;
  return {
    gaps: [stringGap(data, 'text', 'text')],
    about: index,
    proves: (probe, text) => textIn(probe) === text,
  };
}

function textIn(event: JsonObject): string | undefined {
  const delta = event['type'] === 'content_block_delta' ? objectAt(event, 'delta') : undefined;
  return delta?.['type'] === 'text_delta' ? stringAt(delta, 'text') : undefined;
}

export const NO_JSON = 'sent a stream event that is not JSON';
export const NO_OBJECT = 'sent a stream event that is not a JSON object';

/** An empty body is a keep-alive; the other is a habit of another grammar's proxies. */
export function isNoEvent(data: string): boolean {
  return data === '' || data === '[DONE]';
}

export function openEventReader(context: UpstreamContext): EventReader {
  const { providerName } = context.host;
  const reader = openMessageReader(context);
  let state: 'waiting' | 'open' | 'stopped' | 'failed' = 'waiting';
  let failure: GatewayError | undefined;

  const fail = (error: GatewayError): readonly ChatEvent[] => {
    state = 'failed';
    failure = error;
    return [{ type: 'error', error }];
  };
  const badAnswer = (what: string): readonly ChatEvent[] =>
    fail(new GatewayError('provider.bad_answer', `${providerName} ${what}.`, { providerName }));

  const start = (message: JsonObject): readonly ChatEvent[] => {
    // Proxies repeat the opening; once content was given a second message cannot replace the first (recorded: a spliced stream).
    if (reader.hasBlocks) return badAnswer('started a second message inside the first');
    const repeated = state === 'open';
    state = 'open';
    if (repeated) return [];
    const events = reader.start(message, true);
    for (const [index, block] of (arrayAt(message, 'content') ?? []).entries()) {
      if (isJsonObject(block)) events.push(...reader.openBlock(index, block), ...reader.closeBlock(index));
    }
    // A message given whole in its opening names its stop reason there.
    if (stringAt(message, 'stop_reason')) events.push(...reader.stopping(message, objectAt(message, 'usage')));
    return events;
  };

  const read = (event: JsonObject, type: string | undefined): readonly ChatEvent[] => {
    const index = numberAt(event, 'index') ?? 0;
    switch (type) {
      case 'message_start':
        return start(objectAt(event, 'message') ?? {});
      case 'content_block_start':
        state = 'open';
        return reader.openBlock(index, objectAt(event, 'content_block') ?? {});
      case 'content_block_delta': {
        state = 'open';
        const events = reader.delta(index, objectAt(event, 'delta') ?? {});
        return events ?? badAnswer('sent tool arguments without opening the tool call');
      }
      case 'content_block_stop':
        return reader.closeBlock(index);
      case 'message_delta':
        return reader.stopping(objectAt(event, 'delta') ?? {}, objectAt(event, 'usage'));
      case 'message_stop':
        if (state === 'waiting') return badAnswer('ended a message that it never started');
        state = 'stopped';
        return reader.finish();
      default: {
        // `error`, in whatever shape; pings and events that are yet to be invented say nothing.
        const error = errorInside(type === 'error' ? { ...event, type } : event, context);
        return error ? fail(error) : [];
      }
    }
  };

  return {
    read,
    say: reader.say,
    refuse: badAnswer,
    get isOver() {
      return state === 'stopped' || state === 'failed';
    },
    get isTerminated() {
      return state === 'stopped';
    },
    end(reason) {
      if (failure) return { events: [], outcome: failure };
      if (state === 'stopped') return { events: [], outcome: 'complete' };
      return { events: [], outcome: cutOutcome(reason, state === 'waiting', providerName) };
    },
  };
}

function cutOutcome(reason: EndReason, silent: boolean, providerName: string): Outcome {
  switch (reason) {
    case 'client-gone':
      return new GatewayError('client.gone', 'The caller went away before the answer was complete.', { providerName });
    case 'deadline':
      return new GatewayError('provider.timeout', `${providerName} stopped answering before its answer was complete.`, {
        providerName,
      });
    case 'upstream-end':
    case 'upstream-cut': {
      const what = silent ? 'answered a stream without any event' : 'ended its answer before it was complete';
      return new GatewayError('provider.truncated', `${providerName} ${what}.`, { providerName });
    }
  }
}
