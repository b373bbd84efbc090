/** Plays a script as a web Response, for use in process behind egress. The caller brings time: tests need none. */
import type { SimScript } from './script.ts';

export interface ScriptTime {
  /** Resolves after the delay, or early (either way) once the signal is aborted. */
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/** @throws the signal's reason where it is aborted before the head */
export async function respondWithScript(script: SimScript, time: ScriptTime): Promise<Response> {
  if (script.headDelayMs > 0) await time.sleep(script.headDelayMs, time.signal);
  time.signal.throwIfAborted();
  const head = { status: script.status, headers: { ...script.headers } };
  const only = script.steps[0];
  // The common case costs nothing but the text itself.
  if (script.end === 'close' && script.steps.length <= 1 && (only?.delayMs ?? 0) === 0) {
    return new Response(only?.bytes ?? '', head);
  }
  return new Response(playBody(script, time), head);
}

function playBody(script: SimScript, time: ScriptTime): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const stopped = new AbortController();
  let next = 0;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const abort = (): void => {
        stopped.abort(time.signal.reason);
        controller.error(time.signal.reason);
      };
      if (time.signal.aborted) abort();
      else time.signal.addEventListener('abort', abort, { once: true });
    },
    async pull(controller) {
      const step = script.steps[next++];
      if (step) {
        if (step.delayMs > 0) await time.sleep(step.delayMs, stopped.signal);
        if (stopped.signal.aborted) return;
        controller.enqueue(typeof step.bytes === 'string' ? encoder.encode(step.bytes) : step.bytes);
        return;
      }
      if (script.end === 'close') controller.close();
      else if (script.end === 'stall') await untilAborted(stopped.signal);
      // In process there is no socket: a dropped and a reset connection both show as what fetch makes of them.
      else controller.error(connectionLost());
    },
    cancel() {
      stopped.abort();
    },
  });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Named and coded like the error of a real fetch whose connection dies. */
function connectionLost(): Error {
  return Object.assign(new TypeError('The socket connection was closed unexpectedly.'), { code: 'ECONNRESET' });
}
