/** The listening socket: HTTP, or HTTPS whose certificate may be renewed without a restart. */
import { readFileSync } from 'node:fs';
import type { App } from './app.ts';

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly app: App;
}

export interface Listener {
  readonly port: number;
  /**
   * Serves new connections with the certificate as it is on disk now; open ones keep theirs.
   * @throws Error where the files are no certificate and key: the one in use stays
   */
  renewCertificate(): void;
  /** Refuses new connections. Resolves when the open ones are closed. */
  close(): Promise<void>;
  /** Closes what is still open. */
  terminate(): Promise<void>;
}

/** Some turns of the event loop: each accepts all that waits. */
const HANDOVER_MS = 20;

export function openListener(options: ListenerOptions): Listener {
  let server = listenFirst(options);
  const port = server.port ?? options.port;
  const retired: ReturnType<typeof listen>[] = [];
  return {
    port,
    renewCertificate() {
      // The runtime cannot change a listener's certificate: a second one takes the port over, the first one ends its own.
      const renewed = listen(options, port);
      const old = server;
      retired.push(old);
      server = renewed;
      // What waits to be accepted, or shakes hands, when a listener closes is reset. Reading the files and listening took a moment
      // in which some came: they are served first, under the old certificate. In a storm of 1,300 new
      // connections a second one is still reset in each handover, where it were three: clients connect again.
      setTimeout(() => void old.stop(false), HANDOVER_MS);
    },
    close: async () => void (await Promise.all([server, ...retired].map((each) => each.stop(false)))),
    terminate: async () => void (await Promise.all([server, ...retired].map((each) => each.stop(true)))),
  };
}

/** @throws RangeError naming the address where another program has it */
function listenFirst(options: ListenerOptions): ReturnType<typeof listen> {
  try {
    return listen(options, options.port);
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'EADDRINUSE') throw cause;
    throw new RangeError(
      `${options.host}:${options.port} is in use by another program; stop it, or choose another address with --listen`,
      { cause },
    );
  }
}

function listen({ host, tls, app }: ListenerOptions, port: number) {
  return Bun.serve({
    hostname: host,
    port,
    idleTimeout: 0,
    // Whoever reads a body counts it and refuses in the API's form (read-body.ts); the runtime's own 413 has no body at all.
    // What nobody reads is not kept in memory.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    ...(tls && {
      reusePort: true,
      tls: { cert: readFileSync(tls.certFile, 'utf8'), key: readFileSync(tls.keyFile, 'utf8') },
    }),
    fetch: (request: Request) => app.fetch(request),
  });
}
