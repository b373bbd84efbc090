/** A small POST through the one door, for services beside the providers: a token endpoint. */
import { GatewayError } from '../core/errors.ts';
import type { Egress } from './egress.ts';

export interface TextRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface TextLimits {
  /** From the call to the last byte. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** @returns the answer whatever its status. @throws GatewayError `provider.unreachable`, `provider.timeout` or `provider.bad_answer` */
export async function postText(
  egress: Egress,
  request: TextRequest,
  { timeoutMs, maxBytes }: TextLimits,
): Promise<{ readonly status: number; readonly body: string }> {
  const signal = AbortSignal.timeout(timeoutMs);
  const { host } = new URL(request.url);
  try {
    const response = await egress.send({ ...request, signal });
    return { status: response.status, body: await response.text(maxBytes) };
  } catch (error) {
    if (signal.aborted) {
      throw new GatewayError('provider.timeout', `${host} did not answer within ${timeoutMs} ms.`, { cause: error });
    }
    if (error instanceof GatewayError)
      throw new GatewayError(error.code, `${host}: ${error.message}`, { cause: error });
    throw new GatewayError('provider.unreachable', `${host} closed the connection before its answer was complete.`, {
      cause: error,
    });
  }
}
