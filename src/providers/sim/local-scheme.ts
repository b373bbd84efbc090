/** Answers `sim:` addresses inside this process: what egress calls instead of the network. */
import { isJsonObject, type Json } from '../../core/json.ts';
import { respondWithScript } from './serve-script.ts';
import { countingKey, simulate } from './simulate.ts';

export interface LocalRequest {
  readonly url: string;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** Keeps the counters that `times` needs; everything else is a pure function of the request. */
export function createSimScheme(
  sleep: (delayMs: number, signal: AbortSignal) => Promise<void>,
): (request: LocalRequest) => Promise<Response> {
  const counts = new Map<string, number>();
  return ({ url, body, signal }) => {
    const path = url.slice(url.indexOf('/', 'sim://'.length));
    const parsed: Json = JSON.parse(body);
    const key = countingKey(path, parsed);
    const priorRequests = key === null ? 0 : (counts.get(key) ?? 0);
    if (key !== null) counts.set(key, priorRequests + 1);
    const script = simulate({ path, body: isJsonObject(parsed) ? parsed : null, seed: 1, priorRequests });
    return respondWithScript(script, { sleep, signal });
  };
}
