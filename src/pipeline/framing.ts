/** The reader for a grammar's framing. */
import type { Framing } from '../dialects/dialect.ts';
import { type FrameReader, openSseFrames } from '../wire/frames.ts';
import { openNdjsonFrames } from '../wire/ndjson.ts';

export function openFrames(framing: Framing): FrameReader {
  switch (framing) {
    case 'sse':
      return openSseFrames();
    case 'ndjson':
      return openNdjsonFrames();
  }
}
