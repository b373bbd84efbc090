/** Addresses to listen on, as people write them. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export const DEFAULT_LISTEN: ListenAddress = { host: '127.0.0.1', port: 8484 };

/**
 * `HOST:PORT`, `[::1]:8484`, `:8484` (every interface) or `8484` (this machine only). Port 0 lets the system choose.
 * @throws RangeError naming the accepted forms
 */
export function parseListen(text: string): ListenAddress {
  const [, bracketed, plain, portText = ''] =
    /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]*)):)?(\d{1,5})$/.exec(text.trim()) ?? [];
  const port = Number(portText);
  if (portText === '' || port > 65535) {
    throw new RangeError('write HOST:PORT, as 127.0.0.1:8484, [::1]:8484 or 0.0.0.0:8484, with a port up to 65535.');
  }
  if (bracketed !== undefined) return { host: bracketed, port };
  if (plain === undefined) return { host: DEFAULT_LISTEN.host, port };
  return { host: plain === '' ? '0.0.0.0' : plain, port };
}

export function formatListen({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** True where only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
