/**
 * When and how a stream is committed: the first content, an error, or `commit_after_ms`, whichever comes first.
 * Error first is plain JSON with its real status. The body is an async generator: nothing throws out of it, failures become
 * the dialect's error frames, and the final frames leave after settlement.
 */
import { GatewayError } from '../core/errors.ts';
import type { RelayStream, StreamEncoder } from '../dialects/dialect.ts';
import type { StreamAnswer } from './attempt.ts';
import type { RoutedAnswer } from './attempts.ts';
import type { Reply } from './exchange.ts';
import { QUIET, QuietWatch } from './quiet-watch.ts';
import type { ExchangeRun } from './run-exchange.ts';

const KEEP_ALIVE_MS = 5000;
/** Proxies in between give up on a connection that is silent for a minute, some for half of one. */
const QUIET_MS = 15_000;
const LATE = Symbol('late');

/** @param openEarly writes comments and an error before any target answered */
export async function streamReply(run: ExchangeRun, openEarly: () => StreamEncoder): Promise<Reply> {
  const answered = run.answer();
  const first = await withinMs(answered, run.exchange.snapshot.commitAfterMs);
  if (first === LATE) return { kind: 'stream', body: lateBody(run, answered, openEarly), notes: 0 };
  if (first instanceof GatewayError) return run.failed(first);
  return { kind: 'stream', body: answerBody(run, streamOf(first), openEarly), notes: run.noteCount };
}

/** Committed before anything came: comments while fallback goes on silently, then the answer or the in-stream error. */
async function* lateBody(
  run: ExchangeRun,
  answered: Promise<RoutedAnswer | GatewayError>,
  openEarly: () => StreamEncoder,
): AsyncGenerator<string> {
  const encoder = openEarly();
  yield encoder.keepAlive();
  let answer = await withinMs(answered, KEEP_ALIVE_MS);
  while (answer === LATE) {
    if (run.isGone) return;
    yield encoder.keepAlive();
    answer = await withinMs(answered, KEEP_ALIVE_MS);
  }
  if (run.isGone) return;
  if (answer instanceof GatewayError) {
    await run.failed(answer);
    yield encoder.fail(answer, run.metadata());
    return;
  }
  yield* answerBody(run, streamOf(answer), openEarly);
}

async function* answerBody(
  run: ExchangeRun,
  { lane, opening, live }: StreamAnswer,
  openEarly: () => StreamEncoder,
): AsyncGenerator<string> {
  const quiet = new QuietWatch(run.ports, QUIET_MS);
  let text = opening;
  const taking = run.openClientWatch();
  // What came with the end leaves with the final frames, in one write.
  while (live && !live.end) {
    if (text) {
      taking.begin();
      yield text;
      taking.end();
    }
    const next = await quiet.during(live.next());
    text = next === QUIET ? openEarly().keepAlive() : (next ?? '');
    if (run.isGone) break;
  }
  quiet.close();
  taking.close();
  if (run.isGone) return;
  const end = live?.end ?? lane.end('upstream-end');
  text += end.text;
  if (end.outcome !== 'complete') {
    await run.failed(end.outcome);
    yield text + lane.fail(end.outcome, run.metadata());
    return;
  }
  yield text + (await finalFrames(run, lane));
}

/** Usage and the terminator, once the ledger has the record; the error frame where it would not take it. */
async function finalFrames(run: ExchangeRun, lane: RelayStream): Promise<string> {
  try {
    return lane.final(await run.settle(null));
  } catch (error) {
    return lane.fail(run.explain(error));
  }
}

function streamOf({ result }: RoutedAnswer): StreamAnswer {
  if (result.kind === 'stream') return result.answer;
  throw new GatewayError('gateway.internal', 'A stream was due.');
}

async function withinMs<T>(promise: Promise<T>, ms: number): Promise<T | typeof LATE> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, ms, LATE);
  });
  const first = await Promise.race([promise, late]);
  clearTimeout(timer);
  return first;
}
