/** Messages of an AWS event stream for tests: made by the codec's own encoder. */
import { EventStreamCodec, type MessageHeaders } from '@smithy/eventstream-codec';

const utf8 = new TextDecoder();
const encoder = new TextEncoder();
const codec = new EventStreamCodec(
  (bytes) => utf8.decode(typeof bytes === 'string' ? encoder.encode(bytes) : bytes),
  (text) => encoder.encode(text),
);

export function messageOf(headers: Readonly<Record<string, string>>, payload: string): Uint8Array {
  const named: MessageHeaders = {};
  for (const [name, value] of Object.entries(headers)) named[name] = { type: 'string', value };
  return codec.encode({ headers: named, body: encoder.encode(payload) });
}

export function eventMessage(type: string, payload: unknown): Uint8Array {
  const headers = { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' };
  return messageOf(headers, JSON.stringify(payload));
}

export function exceptionMessage(type: string, payload: unknown): Uint8Array {
  const headers = { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' };
  return messageOf(headers, JSON.stringify(payload));
}

export function errorMessage(code: string, message: string): Uint8Array {
  return messageOf({ ':error-code': code, ':error-message': message, ':message-type': 'error' }, '');
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
