/**
 * wire → core for a stream: every `data:` line is a whole response object with the next parts; there are no event names and
 * no terminator (docs/sources.md). Some models send a finish reason and go on (code execution), and usage is cumulative, so
 * the ends of the choices and the usage are told by `end`.
 */
import type { ChatEvent, EndReason } from '../../core/chat-events.ts';
import { GatewayError, toGatewayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { tryParseJson } from '../../wire/json.ts';
import type { Outcome, StreamDecoder, UpstreamContext } from '../dialect.ts';
import { TextForms } from '../shared/upstream/text-form.ts';
import { openReplyReader } from './reply-reader.ts';
import { truncated } from './response.ts';
import { lessonOf } from './text-frame.ts';

export function openDecoder(context: UpstreamContext): StreamDecoder {
  const reader = openReplyReader(context);
  const forms = new TextForms<number>();
  let failure: GatewayError | undefined;
  return {
    push({ data }) {
      // A proxy may append the other grammar's terminator.
      if (failure || data === '' || data === '[DONE]') return [];
      const found = forms.find(data, 0);
      if (found?.next === data.length) return [reader.say(found.about, found.text, data)];
      try {
        const values = parseFrame(data, context);
        const events: ChatEvent[] = [];
        for (const value of values) for (const event of reader.read(value)) events.push(event);
        if (values.length === 1) forms.learn(data, () => lessonOf(data, values[0] ?? null, (choice) => choice));
        return events;
      } catch (thrown) {
        failure = toGatewayError(thrown);
        return [{ type: 'error', error: failure }];
      }
    },
    end(reason) {
      const outcome = failure ?? outcomeOf(reason, reader.isFinished(), context);
      return outcome === 'complete'
        ? { events: reader.close(null), outcome }
        : { events: reader.closeBroken(), outcome };
    },
  };
}

/** One object; or several, a line each, where a proxy lost the blank lines between the events. */
export function parseFrame(data: string, context: UpstreamContext): readonly Json[] {
  const whole = tryParseJson(data);
  if (whole !== undefined) return [whole];
  const lines = data.split('\n').map(tryParseJson);
  if (lines.length > 1 && lines.every((line) => line !== undefined)) return lines;
  const { providerName } = context.host;
  throw new GatewayError('provider.bad_answer', `${providerName} sent a stream event that is not JSON.`, {
    providerName,
  });
}

export function outcomeOf(reason: EndReason, isFinished: boolean, context: UpstreamContext): Outcome {
  const { providerName } = context.host;
  switch (reason) {
    case 'upstream-end':
      return isFinished ? 'complete' : truncated(context);
    case 'upstream-cut':
      return truncated(context);
    case 'client-gone':
      return new GatewayError('client.gone', 'The caller went away before the answer was complete.');
    case 'deadline':
      return new GatewayError('provider.timeout', `${providerName} did not finish the answer in time.`, {
        providerName,
      });
  }
}
