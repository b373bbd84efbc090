/** A row's stream through a lane in this process: no sockets, no ledger, only what a frame costs to read and to write. */
import type { JsonObject } from '../src/core/json.ts';
import { anthropicMessages } from '../src/dialects/anthropic-messages/index.ts';
import type {
  ClientDialect,
  ReplyHead,
  SettledUsage,
  UpstreamContext,
  UpstreamDialect,
} from '../src/dialects/dialect.ts';
import { gemini } from '../src/dialects/gemini/index.ts';
import { openAiChat } from '../src/dialects/openai-chat/index.ts';
import { openAiCompletions } from '../src/dialects/openai-completions/index.ts';
import { openAiResponses } from '../src/dialects/openai-responses/index.ts';
import { type ChatLane, openLane } from '../src/pipeline/lane.ts';
import { openSseFrames } from '../src/wire/frames.ts';
import { GRAMMARS } from './grammars/index.ts';
import { answerTo, COMPLETION_TOKENS, NANO_USD_PER_REQUEST, PROMPT_TOKENS, type Row } from './rows.ts';

const UPSTREAMS: readonly UpstreamDialect[] = [
  openAiChat,
  openAiCompletions,
  openAiResponses,
  anthropicMessages,
  gemini,
];

const head: ReplyHead = {
  id: 'gen-1700000000-0123456789ABCDEFGHIJ',
  createdSeconds: 1_700_000_000,
  model: 'bench/model',
  providerName: 'Bench',
  excludeReasoning: false,
};
const context: UpstreamContext = {
  upstreamModel: 'bench/model',
  traits: {},
  host: {
    providerId: 'bench',
    providerName: 'Bench',
    usage: { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
    quirks: {},
  },
};
const settled: SettledUsage = {
  usage: { counts: { promptTokens: PROMPT_TOKENS, completionTokens: COMPLETION_TOKENS }, estimated: false },
  costNanoUsd: NANO_USD_PER_REQUEST,
  promptCostNanoUsd: 250_000n,
  completionCostNanoUsd: 200_000n,
  isByok: false,
};

/** The bytes that the row's host writes, a flush each. */
export function flushesOf(row: Row): readonly Uint8Array[] {
  return GRAMMARS[row.upstream].stream(answerTo(row)).map((text) => Buffer.from(text));
}

/** Opens a lane for each answer: `play` gives what the client gets. @throws Error where the answer does not end as complete */
export function openPlayer(row: Row): (reads: readonly Uint8Array[]) => string {
  const lane = laneOf(row);
  return (reads) => {
    const stream = lane.streams.open();
    const frames = openSseFrames();
    const pieces: string[] = [];
    const onFrame = (data: string, event: string | undefined): void => {
      if (stream.isTerminated || stream.failure) return;
      const text = stream.push(data, event);
      if (text) pieces.push(text);
    };
    const skim = (text: string, at: number): number =>
      stream.skim && !stream.isTerminated && !stream.failure ? stream.skim(text, at, pieces) : at;
    for (const bytes of reads) frames.push(bytes, onFrame, skim);
    frames.end(onFrame);
    const { text, outcome } = stream.end('upstream-end');
    if (outcome !== 'complete') throw outcome;
    pieces.push(text, stream.final(settled));
    return pieces.join('');
  };
}

function laneOf(row: Row): ChatLane {
  const dialect = UPSTREAMS.find(({ id }) => id === row.upstream);
  if (!dialect) throw new Error(`no dialect ${row.upstream}`);
  const target = {
    context,
    endpoint: { contextLength: 1e6, maxOutputTokens: null, inputModalities: [], outputModalities: [] },
    provider: { dialect, name: 'Bench' },
  };
  const body = JSON.parse(JSON.stringify(GRAMMARS[row.client].request(row.model, 'Hi')));
  const open = <Wire>(client: ClientDialect<Wire>, members: JsonObject = {}): ChatLane => {
    const wire = client.client.parseRequest({ ...body, ...members });
    const lane = openLane({ dialect: client, wire, head, stream: true }, target);
    lane.encodeRequest();
    return lane;
  };
  switch (row.client) {
    case 'openai-chat':
      return open(openAiChat);
    case 'openai-completions':
      return open(openAiCompletions);
    case 'openai-responses':
      return open(openAiResponses);
    case 'anthropic-messages':
      return open(anthropicMessages);
    case 'gemini':
      // What its path and query say.
      return open(gemini, { model: row.model, stream: true, alt: 'sse' });
  }
}
