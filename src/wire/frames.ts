/** Bytes to frames, in the framing of the grammar that is read. */
import type { FrameSink, Skim } from './sse.ts';
import { openSseReader } from './sse.ts';

export interface FrameReader {
  /**
   * Calls `sink` for each frame that is now whole. `skim` is a short cut for text framings: it may take whole events by itself.
   * @throws GatewayError `provider.bad_answer` where a frame exceeds the limit or cannot be one
   */
  push(bytes: Uint8Array, sink: FrameSink, skim?: Skim): void;
  /** The stream ended: what has no end of its own is still given, the dialect decides what it is worth. */
  end(sink: FrameSink): void;
}

/** Server-sent events out of bytes that may be cut inside a character. */
export function openSseFrames(): FrameReader {
  const sse = openSseReader();
  const utf8 = new TextDecoder();
  return {
    push: (bytes, sink, skim) => sse.push(utf8.decode(bytes, { stream: true }), sink, skim),
    end(sink) {
      sse.push(utf8.decode(), sink);
      sse.end(sink);
    },
  };
}
