/** AWS's own codec of event-stream messages, loaded by the first stream that needs it: most gateways never read one. */
import type { EventStreamCodec } from '@smithy/eventstream-codec';

export function createEventStreamCodec(): EventStreamCodec {
  const library: typeof import('@smithy/eventstream-codec') = import.meta.require('@smithy/eventstream-codec');
  const utf8 = new TextDecoder();
  const encoder = new TextEncoder();
  return new library.EventStreamCodec(
    (bytes) => utf8.decode(typeof bytes === 'string' ? encoder.encode(bytes) : bytes),
    (text) => encoder.encode(text),
  );
}
