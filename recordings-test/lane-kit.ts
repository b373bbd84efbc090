/** What the tests of both lanes share: a client's stream played at any split, what an exchange cost, and how two are compared. */
import type { EndReason } from '../src/core/chat-events.ts';
import { openFold } from '../src/core/fold.ts';
import type { Json } from '../src/core/json.ts';
import type { Usage } from '../src/core/usage.ts';
import type { Outcome, RelayStream, SettledUsage, UpstreamContext, UpstreamDialect } from '../src/dialects/dialect.ts';
import { openSseReader } from '../src/wire/sse.ts';

/** What is told at the end of an exchange: the host's own counts, or one token each way. */
export function settledOf(usage: Usage | undefined): SettledUsage {
  return {
    usage: usage ?? { counts: { promptTokens: 1, completionTokens: 1 }, estimated: true },
    costNanoUsd: 3n,
    promptCostNanoUsd: 1n,
    completionCostNanoUsd: 2n,
    isByok: false,
  };
}

export interface PlayOptions {
  /** Characters of the next read; all at once without it. */
  readonly size?: () => number;
  /** Whether the short cut over whole events is taken where the lane has one. Default true. */
  readonly skims?: boolean;
  /** Default `upstream-end`. */
  readonly reason?: EndReason;
}

/** What a client's stream says up to its end, as the pipeline plays a host's body into it. */
export function playInto(
  stream: RelayStream,
  body: string,
  { size = () => body.length, skims = true, reason = 'upstream-end' }: PlayOptions = {},
): { readonly text: string; readonly outcome: Outcome } {
  const reader = openSseReader();
  const pieces: string[] = [];
  const sink = (data: string, event: string | undefined): void => {
    if (!stream.failure && !stream.isTerminated) pieces.push(stream.push(data, event));
  };
  const skim = (text: string, at: number): number =>
    stream.skim && skims && !stream.failure && !stream.isTerminated ? stream.skim(text, at, pieces) : at;
  for (let at = 0; at < body.length; ) {
    const next = at + Math.max(1, size());
    reader.push(body.slice(at, next), sink, skim);
    at = next;
  }
  reader.end(sink);
  const { text, outcome } = stream.end(reason);
  return { text: pieces.join('') + text, outcome };
}

/** What a stream's text says, read as a host's answer in its grammar would be. */
export function answerOfStream({ upstream }: UpstreamDialect, context: UpstreamContext, text: string): Json {
  const decoder = upstream.openDecoder(context);
  const fold = openFold();
  const reader = openSseReader();
  const take = (data: string): void => {
    for (const event of decoder.push({ data })) fold.push(event);
  };
  reader.push(text, take);
  reader.end(take);
  for (const event of decoder.end('upstream-end').events) fold.push(event);
  return plain(fold.response());
}

/** As JSON would have it, amounts as text. */
export function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value, (_, member) => (typeof member === 'bigint' ? String(member) : member)));
}

export function codeOf(outcome: Outcome): string {
  return outcome === 'complete' ? outcome : outcome.code;
}
