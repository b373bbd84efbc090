/** A look at how a body begins, for hosts whose content type says something else or nothing. */
import { type EgressResponse, readText } from './egress.ts';

const FIRST_PRINTABLE = 33;
/** An answer does not begin with more white space than this: whoever reads it has limits of its own. */
const MOST_BYTES = 64 * 1024;

export interface PeekedResponse {
  /** The first character that is no white space or byte order mark, NUL included; '' where there is none soon. */
  readonly first: string;
  /** The same response, whole. */
  readonly response: EgressResponse;
}

export async function peekResponse(response: EgressResponse): Promise<PeekedResponse> {
  const reader = response.body?.getReader();
  if (!reader) return { first: '', response };
  const seen: Uint8Array[] = [];
  let first = '';
  let bytes = 0;
  while (first === '' && bytes < MOST_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    seen.push(value);
    bytes += value.byteLength;
    // A byte order mark is above ASCII: what begins a JSON value or an event is not. No text begins with NUL.
    const code = value.find((byte) => byte === 0 || (byte >= FIRST_PRINTABLE && byte < 127));
    if (code !== undefined) first = String.fromCharCode(code);
  }
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const held = seen.shift();
      if (held) return controller.enqueue(held);
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { first, response: { ...response, body, text: (maxBytes) => readText(body, maxBytes) } };
}
