/** A request's JSON body within its limits: size before parsing, a deadline for slow senders. */
import { GatewayError } from '../core/errors.ts';
import type { Deadlines } from '../pipeline/deadlines.ts';
import { type ParsedJson, parseJsonBody } from '../wire/json.ts';

const BODY_DEADLINE_MS = 60_000;
const JSON_TYPE = /^(?:application\/(?:[\w.+-]+\+)?json|text\/json|text\/plain)\b/i;

export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly deadlines: Deadlines;
  readonly nowMs: () => number;
}

/**
 * Reads and parses the body.
 * @throws GatewayError `client.unsupported_media`, `client.too_large`, `client.request_timeout`, `client.invalid_request`
 */
export async function readJsonBody(request: Request, limits: BodyLimits): Promise<ParsedJson> {
  const type = request.headers.get('content-type');
  // Clients that send no type at all are taken at their word: the body decides.
  if (type !== null && type !== '' && !JSON_TYPE.test(type)) {
    throw new GatewayError('client.unsupported_media', `Content-Type ${type} is not JSON. Send application/json.`);
  }
  const declared = request.headers.get('content-length');
  if (declared !== null && Number(declared) > limits.maxBodyBytes) throw tooLarge(limits.maxBodyBytes);
  // A body within its declared size needs no second count; one that declares none is counted as it comes.
  const text = declared === null ? () => readCounted(request, limits.maxBodyBytes) : () => request.text();
  return parseJsonBody(await withinDeadline(text, limits));
}

function withinDeadline(read: () => Promise<string>, { deadlines, nowMs }: BodyLimits): Promise<string> {
  return new Promise((resolve, reject) => {
    const deadline = deadlines.start(nowMs() + BODY_DEADLINE_MS, () => {
      reject(
        new GatewayError(
          'client.request_timeout',
          `The request body did not arrive within ${BODY_DEADLINE_MS / 1000} s.`,
        ),
      );
    });
    read()
      .then(resolve, (cause: unknown) => {
        if (cause instanceof GatewayError) return reject(cause);
        reject(new GatewayError('client.invalid_request', 'The request body could not be read to its end.', { cause }));
      })
      .finally(() => deadline.cancel());
  });
}

/** @throws GatewayError `client.too_large` as soon as the limit is passed: the rest is not read */
async function readCounted(request: Request, maxBodyBytes: number): Promise<string> {
  if (!request.body) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const piece of request.body) {
    bytes += piece.byteLength;
    if (bytes > maxBodyBytes) throw tooLarge(maxBodyBytes);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

function tooLarge(maxBodyBytes: number): GatewayError {
  return new GatewayError(
    'client.too_large',
    `The request body is larger than ${maxBodyBytes} bytes, the limit set by max_body_bytes.`,
  );
}
