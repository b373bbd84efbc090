/**
 * AWS's event streams to frames, for any split of the bytes: length-prefixed binary messages with headers and two CRC32
 * (https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html). The codec reads one message, checksums included; here
 * the bytes are cut into messages. A frame's name is the event's type, `exception:` with the exception's, or `error:` with the
 * error's code.
 */
import type { EventStreamCodec, MessageHeaders } from '@smithy/eventstream-codec';
import { GatewayError } from '../core/errors.ts';
import { createEventStreamCodec } from './event-stream-codec.ts';
import type { FrameReader } from './frames.ts';
import type { FrameSink } from './sse.ts';

/** Two lengths of four bytes, their checksum, and the checksum of the message. */
const LEAST_BYTES = 16;
const NO_BYTES = new Uint8Array(0);

export function openAwsEventStreamFrames(maxMessageBytes = 16 * 1024 * 1024): FrameReader {
  const utf8 = new TextDecoder();
  const codec = createEventStreamCodec();
  /** The first bytes of a message, with room for more: it doubles, so that many small reads stay linear. */
  let room = NO_BYTES;
  let held = 0;

  const hold = (bytes: Uint8Array): void => {
    if (held + bytes.length > room.length) {
      const wider = new Uint8Array(Math.max(held + bytes.length, 2 * room.length));
      wider.set(room.subarray(0, held));
      room = wider;
    }
    room.set(bytes, held);
    held += bytes.length;
  };

  const readMessage = (bytes: Uint8Array, sink: FrameSink): void => {
    let message: ReturnType<EventStreamCodec['decode']>;
    try {
      message = codec.decode(bytes);
    } catch (cause) {
      throw new GatewayError('provider.truncated', 'A message of the stream was damaged on its way.', { cause });
    }
    const { headers } = message;
    const type = textOf(headers, ':message-type');
    if (type === 'error') {
      const text = textOf(headers, ':error-message');
      sink(JSON.stringify({ message: text }), `error:${textOf(headers, ':error-code') ?? ''}`);
    } else if (type === 'exception') {
      sink(utf8.decode(message.body), `exception:${textOf(headers, ':exception-type') ?? ''}`);
    } else {
      sink(utf8.decode(message.body), textOf(headers, ':event-type'));
    }
  };

  return {
    push(bytes, sink) {
      let pending = bytes;
      if (held > 0) {
        hold(bytes);
        pending = room.subarray(0, held);
      }
      let at = 0;
      while (pending.length - at >= 4) {
        const length = lengthAt(pending, at);
        if (length > maxMessageBytes) throw tooLong(maxMessageBytes);
        if (length < LEAST_BYTES) {
          throw new GatewayError(
            'provider.bad_answer',
            'The provider sent bytes that are no message of an event stream.',
          );
        }
        if (pending.length - at < length) break;
        readMessage(pending.subarray(at, at + length), sink);
        at += length;
      }
      const rest = pending.subarray(at);
      if (held === 0) hold(rest);
      else {
        room.copyWithin(0, at, held);
        held = rest.length;
      }
    },
    end() {
      if (held > 0) throw new GatewayError('provider.truncated', 'The stream ended inside a message.');
    },
  };
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, false);
}

function textOf(headers: MessageHeaders, name: string): string | undefined {
  const header = headers[name];
  return header?.type === 'string' ? header.value : undefined;
}

function tooLong(maxMessageBytes: number): GatewayError {
  return new GatewayError(
    'provider.bad_answer',
    `The provider sent one stream message of more than ${maxMessageBytes} bytes; it was cut off.`,
  );
}
