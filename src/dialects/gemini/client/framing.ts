/** How a stream of response objects is written: as server-sent events (`alt=sse`), or as one JSON array. */
import type { WireGeminiRequest } from './wire-request.ts';

export interface FrameWriter {
  /** @param json a whole response object */
  frame(json: string): string;
  /** @param json what went wrong: the last that is said */
  error(json: string): string;
  /** After the last frame; there is one, the end or an error. */
  close(): string;
  keepAlive(): string;
}

export function openFrames({ alt }: Pick<WireGeminiRequest, 'alt'>): FrameWriter {
  return alt === 'json' ? openArray() : EVENTS;
}

/**
 * An error is said twice. Google writes it as JSON without `data: `, and its older clients (JavaScript's 1.30, which is Gemini CLI's)
 * know no other: they take an event with an error for an empty answer, and the turn for a success. Newer ones raise the event.
 *
 * A comment would do by the standard, but Google's own Python client takes any line that is not empty and not `data: ` for a
 * piece of an error; blank lines are passed over by all.
 */
const EVENTS: FrameWriter = {
  frame: (json) => `data: ${json}\n\n`,
  error: (json) => `${json}\n\ndata: ${json}\n\n`,
  close: () => '',
  keepAlive: () => '\n\n',
};

function openArray(): FrameWriter {
  let isOpen = false;
  const element = (json: string): string => {
    const before = isOpen ? ',\n' : '[';
    isOpen = true;
    return before + json;
  };
  return {
    frame: element,
    error: element,
    close: () => ']',
    // White space between values changes nothing.
    keepAlive: () => '\n',
  };
}
