/** A stream of reply objects, one a line → core events. The object with `done: true` alone proves the end. */
import type { ChatEvent } from '../../core/chat-events.ts';
import { GatewayError } from '../../core/errors.ts';
import { isJsonObject } from '../../core/json.ts';
import { tryParseJson } from '../../wire/json.ts';
import type { StreamDecoder, UpstreamContext } from '../dialect.ts';
import { carriesError, decodeErrorValue } from '../shared/openai/errors.ts';
import { cutError } from '../shared/upstream/cut-error.ts';
import { ReplyReader } from './reply-reader.ts';

export function openDecoder(context: UpstreamContext): StreamDecoder {
  const { providerName } = context.host;
  const reader = new ReplyReader(context);
  let failure: GatewayError | undefined;

  const fail = (error: GatewayError): readonly ChatEvent[] => {
    failure = error;
    return [{ type: 'error', error }];
  };
  const badAnswer = (what: string): readonly ChatEvent[] =>
    fail(new GatewayError('provider.bad_answer', `${providerName} ${what}.`, { providerName }));

  return {
    get isTerminated() {
      return reader.isDone;
    },
    push({ data }) {
      if (failure || reader.isDone || data === '') return [];
      const value = tryParseJson(data);
      if (value === undefined) return badAnswer('sent a stream line that is not JSON');
      if (!isJsonObject(value)) return badAnswer('sent a stream line that is not a JSON object');
      return carriesError(value) ? fail(decodeErrorValue(value, context)) : reader.read(value);
    },
    end(reason) {
      if (failure) return { events: [], outcome: failure };
      if (reader.isDone) return { events: [], outcome: 'complete' };
      return { events: [], outcome: cutError(reason, reader.hasStarted, providerName) };
    },
  };
}
