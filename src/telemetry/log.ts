/** One JSON line per event on standard error, written in batches so that a line costs no system call of its own. */
import { formatNanoUsd } from '../core/money.ts';
import type { ExchangeLine, ExchangeLog } from '../pipeline/exchange.ts';

export interface Log extends ExchangeLog {
  info(message: string, fields?: Readonly<Record<string, string | number | boolean | null>>): void;
  /** Writes what is queued now. */
  flush(): void;
}

export interface LogOptions {
  readonly write: (text: string) => void;
  readonly now: () => number;
  /** Whether each exchange gets a line. */
  readonly exchanges: boolean;
}

const FLUSH_MS = 100;

export function createLog({ write, now, exchanges }: LogOptions): Log {
  let queued = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (queued) write(queued);
    queued = '';
  };
  const line = (level: string, message: string, fields: object): void => {
    queued += `${JSON.stringify({ time: new Date(now()).toISOString(), level, message, ...fields })}\n`;
    if (timer) return;
    timer = setTimeout(flush, FLUSH_MS);
    timer.unref();
  };
  return {
    flush,
    info: (message, fields = {}) => line('info', message, fields),
    settled(exchange) {
      if (exchanges) line('info', 'exchange', fieldsOf(exchange));
    },
    error: (message, cause) => line('error', message, describe(cause)),
  };
}

function fieldsOf({ costNanoUsd, ...rest }: ExchangeLine): object {
  return { ...rest, costUsd: formatNanoUsd(costNanoUsd) };
}

/** An unknown cause without its payload: stacks name our code, never request bodies or credentials. */
function describe(cause: unknown): object {
  if (!(cause instanceof Error)) return { cause: typeof cause };
  const inner = cause.cause instanceof Error ? { inner: cause.cause.stack ?? cause.cause.message } : {};
  return { cause: cause.name, detail: cause.message, stack: cause.stack, ...inner };
}
