/**
 * Server-sent events to frames (WHATWG HTML §9.2.6), for any split of the bytes: CRLF, LF or CR, `data:` with or without a
 * space, comments, multi-line data, BOM. Works on text: the caller decodes UTF-8 (with a streaming decoder) once per read.
 */
import { GatewayError } from '../core/errors.ts';

export type FrameSink = (data: string, event: string | undefined) => void;

/** Reads whole events from `at` on and gives the position after them, or `at`. */
export type Skim = (text: string, at: number) => number;

export interface SseReader {
  /**
   * Calls `sink` for each event that is now whole. At the beginning of an event `skim`, where given, may take whole events
   * by itself. @throws GatewayError where one event exceeds the limit.
   */
  push(text: string, sink: FrameSink, skim?: Skim): void;
  /** The stream ended: an event without its blank line is still given, the dialect decides what it is worth. */
  end(sink: FrameSink): void;
}

const LF = 10;
const CR = 13;
const SPACE = 32;
const NAMED = 'event: ';
const DATA = 'data: ';

export function openSseReader(maxEventCharacters = 16 * 1024 * 1024): SseReader {
  let rest = '';
  let heldCr = false;
  let eventName: string | undefined;
  let lines: string | undefined;
  let first = true;

  const dispatch = (sink: FrameSink): void => {
    if (lines !== undefined) sink(lines, eventName);
    lines = undefined;
    eventName = undefined;
  };

  const readLine = (line: string, sink: FrameSink): void => {
    if (line.length === 0) {
      dispatch(sink);
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return; // a comment
    const field = colon < 0 ? line : line.slice(0, colon);
    if (field !== 'data' && field !== 'event') return; // id and retry mean nothing to a proxy
    const start = line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1;
    const value = colon < 0 ? '' : line.slice(start);
    if (field === 'event') eventName = value;
    else lines = lines === undefined ? value : `${lines}\n${value}`;
    if (lines !== undefined && lines.length > maxEventCharacters) throw tooLong(maxEventCharacters);
  };

  return {
    push(text, sink, skim) {
      if (rest.length > 0 && !heldCr && !text.includes('\n') && !text.includes('\r')) {
        // Inside a line: only join (a rope, no scan), so that a long line in many small reads stays linear.
        rest += text;
        if (rest.length > maxEventCharacters) throw tooLong(maxEventCharacters);
        return;
      }
      let buffer = rest.length > 0 ? rest + text : text;
      rest = '';
      heldCr = false;
      if (first && buffer.length > 0) {
        first = false;
        if (buffer.charCodeAt(0) === 0xfeff) buffer = buffer.slice(1);
      }
      if (buffer.includes('\r')) {
        // A CR at the very end may be half of a CRLF: keep it for the next read.
        heldCr = buffer.charCodeAt(buffer.length - 1) === CR;
        buffer = (heldCr ? buffer.slice(0, -1) : buffer).replaceAll('\r\n', '\n');
        // Lone ones are rare.
        if (buffer.includes('\r')) buffer = buffer.replaceAll('\r', '\n');
        if (heldCr) rest = '\r';
      }
      let at = 0;
      for (;;) {
        if (skim && lines === undefined && eventName === undefined) at = skim(buffer, at);
        const newline = buffer.indexOf('\n', at);
        if (newline < 0) break;
        // The common event, whole in one line followed by a blank one, needs no state.
        if (lines === undefined && buffer.charCodeAt(newline + 1) === LF && buffer.startsWith('data:', at)) {
          sink(buffer.slice(buffer.charCodeAt(at + 5) === SPACE ? at + 6 : at + 5, newline), eventName);
          eventName = undefined;
          at = newline + 2;
          continue;
        }
        // As common in grammars that name their events: a name, one line of data, a blank one.
        if (lines === undefined && eventName === undefined && buffer.startsWith(NAMED, at)) {
          const end = buffer.startsWith(DATA, newline + 1) ? buffer.indexOf('\n', newline + 1) : -1;
          if (end > 0 && buffer.charCodeAt(end + 1) === LF) {
            sink(buffer.slice(newline + 1 + DATA.length, end), buffer.slice(at + NAMED.length, newline));
            at = end + 2;
            continue;
          }
        }
        readLine(buffer.slice(at, newline), sink);
        at = newline + 1;
      }
      if (at < buffer.length) {
        rest = buffer.slice(at) + rest;
        if (rest.length > maxEventCharacters) throw tooLong(maxEventCharacters);
      }
    },
    end(sink) {
      if (rest.length > 0) {
        const line = rest.replace(/\r$/, '');
        rest = '';
        readLine(line, sink);
      }
      dispatch(sink);
    },
  };
}

function tooLong(maxEventCharacters: number): GatewayError {
  return new GatewayError(
    'provider.bad_answer',
    `The provider sent one stream event of more than ${maxEventCharacters} characters; it was cut off.`,
  );
}
