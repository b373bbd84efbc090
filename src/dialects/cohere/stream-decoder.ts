/** The chat stream → core events (https://docs.cohere.com/v2/docs/streaming). `message-end` alone proves the end. */
import type { ChatEvent } from '../../core/chat-events.ts';
import { GatewayError } from '../../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import { tryParseJson } from '../../wire/json.ts';
import type { StreamDecoder, UpstreamContext } from '../dialect.ts';
import { cutError } from '../shared/upstream/cut-error.ts';
import { errorInside, failedEnd } from './errors.ts';
import { indexOf, MessageReader } from './message-reader.ts';

export function openDecoder(context: UpstreamContext): StreamDecoder {
  const { providerName } = context.host;
  const reader = new MessageReader(context);
  let state: 'waiting' | 'open' | 'ended' = 'waiting';
  let failure: GatewayError | undefined;

  const fail = (error: GatewayError): readonly ChatEvent[] => {
    failure = error;
    return [{ type: 'error', error }];
  };
  const badAnswer = (what: string): readonly ChatEvent[] =>
    fail(new GatewayError('provider.bad_answer', `${providerName} ${what}.`, { providerName }));

  const read = (event: JsonObject, type: string | undefined): readonly ChatEvent[] => {
    const delta = objectAt(event, 'delta') ?? {};
    const message = objectAt(delta, 'message') ?? {};
    switch (type) {
      case 'message-start':
        state = 'open';
        return reader.start(event);
      case 'content-start':
      case 'content-delta':
        state = 'open';
        return reader.content(indexOf(event), objectAt(message, 'content') ?? {}, event['logprobs']);
      case 'tool-plan-delta':
        state = 'open';
        return reader.plan(stringAt(message, 'tool_plan') ?? '');
      case 'tool-call-start':
        state = 'open';
        return reader.openCall(indexOf(event), callIn(message));
      case 'tool-call-delta':
        return reader.callArguments(
          indexOf(event),
          stringAt(objectAt(callIn(message), 'function') ?? {}, 'arguments') ?? '',
        );
      case 'tool-call-end':
        return reader.closeCall(indexOf(event));
      case 'citation-start':
        return citationsIn(message).flatMap((citation) => reader.cite(citation));
      case 'message-end': {
        const failed = failedEnd(delta, context);
        if (failed) return fail(failed);
        state = 'ended';
        return reader.finish(stringAt(delta, 'finish_reason') ?? 'COMPLETE', objectAt(delta, 'usage'));
      }
      default: {
        // content-end, citation-end, debug, and events that are yet to be invented say nothing.
        const error = type === undefined || type === 'error' ? errorInside(event, context) : undefined;
        return error ? fail(error) : [];
      }
    }
  };

  return {
    get isTerminated() {
      return state === 'ended';
    },
    push({ data, event }) {
      // The terminator of another grammar follows the end.
      if (failure || state === 'ended' || data === '' || data === '[DONE]') return [];
      const value = tryParseJson(data);
      if (value === undefined) return badAnswer('sent a stream event that is not JSON');
      if (!isJsonObject(value)) return badAnswer('sent a stream event that is not a JSON object');
      return read(value, stringAt(value, 'type') ?? event);
    },
    end(reason) {
      if (failure) return { events: [], outcome: failure };
      if (state === 'ended') return { events: [], outcome: 'complete' };
      return { events: [], outcome: cutError(reason, state === 'open', providerName) };
    },
  };
}

/** One object; a list of one has been seen from relatives. */
function callIn(message: JsonObject): JsonObject {
  const { tool_calls: calls } = message;
  const call = isJsonArray(calls) ? calls[0] : calls;
  return isJsonObject(call) ? call : {};
}

function citationsIn(message: JsonObject): readonly JsonObject[] {
  const { citations } = message;
  return (isJsonArray(citations) ? citations : [citations ?? null]).filter(isJsonObject);
}
