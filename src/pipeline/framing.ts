/** The reader for a grammar's framing. */
import type { Framing } from '../dialects/dialect.ts';
import type { EgressResponse } from '../egress/egress.ts';
import { openAwsEventStreamFrames } from '../wire/aws-event-stream.ts';
import { type FrameReader, openSseFrames } from '../wire/frames.ts';
import { openNdjsonFrames } from '../wire/ndjson.ts';

export function openFrames(framing: Framing): FrameReader {
  switch (framing) {
    case 'sse':
      return openSseFrames();
    case 'ndjson':
      return openNdjsonFrames();
    case 'aws-event-stream':
      return openAwsEventStreamFrames();
  }
}

/** What a binary message begins with, and text does not: the upper byte of its length. */
const NUL = '\0';

/**
 * How this body is framed, or `whole` where it is one JSON value. Content types do not tell: hosts name none, or another's;
 * proxies turn binary messages into server-sent events and leave the type as it was.
 * @param first its first character that is no white space
 */
export function framingOfBody(framing: Framing, first: string): Framing | 'whole' {
  if (framing === 'ndjson') return framing;
  if (framing === 'aws-event-stream' && first === NUL) return framing;
  return first === '{' || first === '[' ? 'whole' : 'sse';
}

export const EVENT_STREAM = 'text/event-stream';

export function mediaType(response: EgressResponse): string {
  return (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Some hosts stream although a whole reply was asked; some of those do not even say so in the content type. */
export function isEventStream(response: EgressResponse, text: string): boolean {
  return mediaType(response) === EVENT_STREAM || /^(?:data|event|:|id|retry)[: ]/.test(text.slice(0, 8));
}
