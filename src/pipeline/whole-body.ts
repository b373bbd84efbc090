/** The body of a whole reply, and the streams that some hosts send in its place. */
import type { Framing } from '../dialects/dialect.ts';
import { type EgressResponse, tooLarge } from '../egress/egress.ts';
import { peekResponse } from '../egress/peek-response.ts';
import { tryParseJson } from '../wire/json.ts';
import { openSseReader } from '../wire/sse.ts';
import { framingOfBody, isEventStream, openFrames } from './framing.ts';
import type { FoldedStream, StreamFace } from './lane.ts';

export type WholeBody =
  | { readonly kind: 'text'; readonly text: string }
  /** A stream although a whole reply was asked, read to its end. */
  | { readonly kind: 'folded'; readonly folded: FoldedStream };

/** @param streams null for a kind of exchange that has no streams */
export async function readWholeBody(
  answer: EgressResponse,
  framing: Framing,
  streams: StreamFace | null,
  maxBytes: number,
): Promise<WholeBody> {
  if (!streams) return { kind: 'text', text: await answer.text(maxBytes) };
  let response = answer;
  if (framing === 'aws-event-stream') {
    const peeked = await peekResponse(answer);
    response = peeked.response;
    if (framingOfBody(framing, peeked.first) === framing) return foldBinary(response, framing, streams, maxBytes);
  }
  const text = await response.text(maxBytes);
  if (isEventStream(response, text)) return foldEvents(text, streams);
  if (framing === 'ndjson' && isLines(text)) return foldLines(text, streams);
  return { kind: 'text', text };
}

async function foldBinary(
  { body }: EgressResponse,
  framing: Framing,
  streams: StreamFace,
  maxBytes: number,
): Promise<WholeBody> {
  const folded = streams.openFolded();
  const frames = openFrames(framing);
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.byteLength;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    frames.push(piece, folded.push);
  }
  frames.end(folded.push);
  return { kind: 'folded', folded };
}

function foldEvents(text: string, streams: StreamFace): WholeBody {
  const folded = streams.openFolded();
  const reader = openSseReader();
  reader.push(text, folded.push);
  reader.end(folded.push);
  return { kind: 'folded', folded };
}

function foldLines(text: string, streams: StreamFace): WholeBody {
  const folded = streams.openFolded();
  for (const line of text.split('\n')) if (line.trim()) folded.push(line);
  return { kind: 'folded', folded };
}

/** More than one value, the first on a line of its own: no one value in JSON is written so. */
function isLines(text: string): boolean {
  const body = text.trimStart();
  const end = body.indexOf('\n');
  return end > 0 && body.slice(end).trim() !== '' && tryParseJson(body.slice(0, end)) !== undefined;
}
