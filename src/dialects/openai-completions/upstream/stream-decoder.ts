/** A stream of completions → core events. Complete where every choice named its end, or `[DONE]` came after text. */
import type { StreamDecoder, UpstreamContext } from '../../dialect.ts';
import { StreamReader } from './stream-reader.ts';

export function openCompletionDecoder(context: UpstreamContext): StreamDecoder {
  const reader = new StreamReader(context);
  return {
    get isTerminated() {
      return reader.isTerminated;
    },
    push: (frame) => reader.read(frame).events,
    end: (reason) => reader.end(reason),
  };
}
