/** A token that expires, asked for once for all who wait, and again shortly before its end. */
import type { Clock } from '../../core/ids.ts';

export interface Token {
  readonly value: string;
  readonly expiresAtMs: number;
}

export interface TokenCache {
  /** @throws what asking throws, or the signal's reason where the one who waits goes away */
  get(signal: AbortSignal): Promise<string>;
}

/** A request that begins with the token must reach the host while it holds. */
const SPARE_MS = 120_000;

/** @param ask is never called while an earlier call runs; nobody's going away stops it */
export function createTokenCache(ask: () => Promise<Token>, clock: Clock): TokenCache {
  let token: Token | undefined;
  let asking: Promise<Token> | undefined;
  const renew = (): Promise<Token> => {
    asking ??= ask()
      .then((fresh) => (token = fresh))
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  return {
    async get(signal) {
      if (token && clock.now() < token.expiresAtMs - SPARE_MS) return token.value;
      return (await unlessGone(renew(), signal)).value;
    },
  };
}

function unlessGone<Value>(pending: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  const leave = (): void => reject(signal.reason);
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });
  pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  return promise;
}
