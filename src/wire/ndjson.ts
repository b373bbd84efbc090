/** One JSON value a line (https://github.com/ndjson/ndjson-spec) to frames, for any split of the bytes. */
import { GatewayError } from '../core/errors.ts';
import type { FrameReader } from './frames.ts';

export function openNdjsonFrames(maxLineCharacters = 16 * 1024 * 1024): FrameReader {
  const utf8 = new TextDecoder();
  let rest = '';
  return {
    push(bytes, sink) {
      const text = utf8.decode(bytes, { stream: true });
      rest += text;
      if (text.includes('\n')) {
        const lines = rest.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line.trim()) sink(line, undefined);
      }
      if (rest.length > maxLineCharacters) throw tooLong(maxLineCharacters);
    },
    end(sink) {
      const line = rest + utf8.decode();
      rest = '';
      if (line.trim()) sink(line, undefined);
    },
  };
}

function tooLong(maxLineCharacters: number): GatewayError {
  return new GatewayError(
    'provider.bad_answer',
    `The provider sent one stream line of more than ${maxLineCharacters} characters; it was cut off.`,
  );
}
