/** A small GET through the one door: for services beside the providers, at addresses that the operator configured. */
import { GatewayError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { readText } from './egress.ts';

export interface GetJsonRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** From the call to the last byte. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Aborts when nobody waits any more. */
  readonly signal?: AbortSignal;
}

/**
 * The body as JSON. No redirect is followed.
 * @throws GatewayError `gateway.unavailable` where there is none in time; the signal's reason where it was aborted
 */
export async function getJson({ url, headers, timeoutMs, maxBytes, signal }: GetJsonRequest): Promise<Json> {
  // The query is the caller's: an error names the service only.
  const { origin } = new URL(url);
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      headers,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw unavailable(`${origin} answered ${response.status}`);
    }
    const text = await readText(response.body, maxBytes);
    return parse(text, origin);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (deadline.aborted) throw unavailable(`${origin} did not answer within ${timeoutMs} ms`, error);
    if (error instanceof GatewayError && error.code === 'gateway.unavailable') throw error;
    if (error instanceof GatewayError) throw unavailable(`${origin} answered more than ${maxBytes} bytes`, error);
    throw unavailable(`${origin} cannot be reached`, error);
  }
}

function parse(text: string, origin: string): Json {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unavailable(`${origin} answered something that is no JSON`, error);
  }
}

function unavailable(what: string, cause?: unknown): GatewayError {
  return new GatewayError('gateway.unavailable', `${what}.`, { ...(cause !== undefined && { cause }) });
}
