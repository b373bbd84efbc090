/**
 * The one door out. Every upstream request goes through `send`: no redirects (an API call has no business following one),
 * no decompression surprises on streams, the runtime's own timeout off because attempts keep their deadlines.
 */
import { GatewayError } from '../core/errors.ts';

export interface EgressRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

export interface EgressResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Null where there is no body (204). */
  readonly body: ReadableStream<Uint8Array> | null;
  /** The whole body as text, at most `maxBytes`. @throws GatewayError `provider.bad_answer` where it is larger */
  text(maxBytes: number): Promise<string>;
}

export interface Egress {
  /** @throws GatewayError `provider.unreachable` where no response arrived; the signal's reason where it was aborted. */
  send(request: EgressRequest): Promise<EgressResponse>;
  /**
   * Whether the address takes a connection within the time. The runtime's fetch does not tell a host that thinks from one
   * that never took the connection: whoever waits long for a first byte asks here. A refusal counts as an answer.
   */
  takesConnections(url: string, withinMs: number): Promise<boolean>;
}

/** Answers a request inside this process: the simulated provider stands behind the same door as everyone. */
export type LocalScheme = (request: EgressRequest) => Promise<Response>;

export interface EgressOptions {
  /** URL schemes answered in process, e.g. `sim:`. */
  readonly localSchemes: Readonly<Record<string, LocalScheme>>;
}

/** A host that closed an idle connection says so within a round trip; what takes longer may have been worked on. */
const CLOSED_IDLE_WITHIN_MS = 1000;

export function createEgress({ localSchemes }: EgressOptions): Egress {
  /** Hosts that have answered: only to these may a pooled connection exist. */
  const answered = new Set<string>();
  return {
    async send(request) {
      const local = localSchemes[request.url.slice(0, request.url.indexOf(':') + 1)];
      if (local) return toEgressResponse(await local(request));
      const origin = request.url.slice(0, request.url.indexOf('/', 'https://'.length));
      const response = await fetchFrom(request, answered.has(origin));
      answered.add(origin);
      return toEgressResponse(response);
    },
    async takesConnections(url, withinMs) {
      if (localSchemes[url.slice(0, url.indexOf(':') + 1)]) return true;
      const { hostname, port, protocol } = new URL(url);
      return connects(hostname, Number(port) || (protocol === 'https:' ? 443 : 80), withinMs);
    },
  };
}

function connects(hostname: string, port: number, withinMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, withinMs, false);
  // A connection that opens after its time is closed all the same.
  Bun.connect({ hostname, port, socket: { open: (socket) => void socket.end(), data() {} } })
    .then(
      () => resolve(true),
      () => resolve(true), // refused or unknown: the request itself says so, in its own words
    )
    .finally(() => clearTimeout(timer));
  return promise;
}

// Bun's fetch takes `timeout: false`, which its types do not know: without it a quiet stream is cut after five minutes.
type BunRequestInit = RequestInit & { readonly timeout: false };

async function fetchFrom({ url, headers, body, signal }: EgressRequest, mayBePooled: boolean): Promise<Response> {
  const sentAtMs = performance.now();
  const init: BunRequestInit = { method: 'POST', headers, body, signal, redirect: 'manual', timeout: false };
  try {
    return await fetch(url, init);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const isSoon = performance.now() - sentAtMs < CLOSED_IDLE_WITHIN_MS;
    if (codeOf(error) !== 'ECONNRESET' || !mayBePooled || !isSoon) throw unreachable(error);
  }
  // The host closed an idle pooled connection as we wrote: no response byte came, so one more try is safe.
  // On a fresh connection the host has taken the request and may be paid for it: that is not asked twice.
  try {
    return await fetch(url, init);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw unreachable(error);
  }
}

function unreachable(error: unknown): GatewayError {
  const code = codeOf(error) ?? 'unknown';
  return new GatewayError('provider.unreachable', `No response: ${describe(code)} (${code}).`, { cause: error });
}

function describe(code: string): string {
  switch (code) {
    case 'ECONNREFUSED':
    case 'ConnectionRefused':
      return 'the connection was refused';
    case 'ECONNRESET':
      return 'the connection was closed before an answer';
    case 'ENOTFOUND':
    case 'FailedToOpenSocket':
      return 'the host was not found or cannot be reached';
    default:
      return 'the connection failed';
  }
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function toEgressResponse(response: Response): EgressResponse {
  return {
    status: response.status,
    headers: response.headers,
    body: response.body,
    async text(maxBytes) {
      const declared = Number(response.headers.get('content-length') ?? Number.NaN);
      if (declared > maxBytes) {
        await response.body?.cancel();
        throw tooLarge(maxBytes);
      }
      // With a declared length the runtime's own reader is exact and quickest; without one the bytes are counted, and also
      // where the length is that of compressed bytes: a few megabytes can unpack to gigabytes.
      const isPacked = response.headers.get('content-encoding') !== null;
      if (!Number.isNaN(declared) && !isPacked) return response.text();
      return readText(response.body, maxBytes);
    },
  };
}

/** The whole body as text. @throws GatewayError `provider.bad_answer` where it is larger than `maxBytes` */
export async function readText(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<string> {
  if (!body) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

export function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError('provider.bad_answer', `The provider's answer is larger than ${maxBytes} bytes.`);
}
