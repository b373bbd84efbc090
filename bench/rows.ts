/** What is measured. Read by the upstream (what to answer), the load (what to ask and expect) and the report. */
import type { Grammar, GrammarId, StreamAnswer } from './grammars/grammar.ts';
import { GRAMMARS } from './grammars/index.ts';
import { wholeRequest } from './grammars/openai-chat.ts';

export type Group = 'reply' | 'streams' | 'paced' | 'body' | 'crowd';

export interface Row {
  readonly id: string;
  /** Rows of a group are measured round by round in turn, so that their figures may be compared. */
  readonly group: Group;
  readonly title: string;
  /** Public id and upstream name alike; the upstream finds it in the request and answers accordingly. */
  readonly model: string;
  /** What the client speaks, and what the host does: where they differ, only a gateway that translates can be asked. */
  readonly client: GrammarId;
  readonly upstream: GrammarId;
  /** Content frames of a stream; 0 = a whole reply. The grammar's own frames come on top. */
  readonly contentFrames: number;
  /** Milliseconds between frames; 0 = all at once. */
  readonly paceMs: number;
  readonly requestBytes: number;
  /** Simultaneous connections, each with one request at a time. */
  readonly connections: number;
}

/** True where only Signalbox is asked, each connection once: a proof, not a comparison. */
export const isCrowd = (row: Row): boolean => row.group === 'crowd';
export const isTranslated = (row: Row): boolean => row.client !== row.upstream;

type Shape = Pick<Row, 'group' | 'contentFrames' | 'paceMs' | 'requestBytes' | 'connections'>;

const REPLY: Shape = { group: 'reply', contentFrames: 0, paceMs: 0, requestBytes: 1024, connections: 32 };
const STREAM: Shape = { group: 'streams', contentFrames: 98, paceMs: 0, requestBytes: 1024, connections: 16 };
const PACED: Shape = { group: 'paced', contentFrames: 98, paceMs: 20, requestBytes: 1024, connections: 400 };
const BODY: Shape = { group: 'body', contentFrames: 0, paceMs: 0, requestBytes: 1024 * 1024, connections: 4 };
const CROWD: Shape = { group: 'crowd', contentFrames: 18, paceMs: 250, requestBytes: 1024, connections: 4000 };

function row(id: string, shape: Shape, client: GrammarId, upstream: GrammarId, what: string): Row {
  const between = client === upstream ? GRAMMARS[client].name : `${GRAMMARS[client].name} ← ${GRAMMARS[upstream].name}`;
  return { id, ...shape, client, upstream, model: `bench/${id}`, title: `${what} (${between})` };
}

const AT_ONCE = 'a stream of 98 pieces, as fast as it goes';

export const ROWS: readonly Row[] = [
  row('reply', REPLY, 'openai-chat', 'openai-chat', 'one reply, 1 KB each way'),
  // The same text in the same pieces, through each client's grammar from a host of the same one …
  row('stream', STREAM, 'openai-chat', 'openai-chat', AT_ONCE),
  row('stream-completions', STREAM, 'openai-completions', 'openai-completions', AT_ONCE),
  row('stream-responses', STREAM, 'openai-responses', 'openai-responses', AT_ONCE),
  row('stream-messages', STREAM, 'anthropic-messages', 'anthropic-messages', AT_ONCE),
  row('stream-gemini', STREAM, 'gemini', 'gemini', AT_ONCE),
  // … and from hosts of another.
  row('chat-from-responses', STREAM, 'openai-chat', 'openai-responses', AT_ONCE),
  row('chat-from-messages', STREAM, 'openai-chat', 'anthropic-messages', AT_ONCE),
  row('chat-from-gemini', STREAM, 'openai-chat', 'gemini', AT_ONCE),
  row('completions-from-chat', STREAM, 'openai-completions', 'openai-chat', AT_ONCE),
  row('responses-from-chat', STREAM, 'openai-responses', 'openai-chat', AT_ONCE),
  row('messages-from-chat', STREAM, 'anthropic-messages', 'openai-chat', AT_ONCE),
  row('gemini-from-chat', STREAM, 'gemini', 'openai-chat', AT_ONCE),
  row('paced', PACED, 'openai-chat', 'openai-chat', '400 streams at once, a frame every 20 ms each'),
  row('paced-chat-from-messages', PACED, 'openai-chat', 'anthropic-messages', '400 streams, a frame every 20 ms each'),
  row('body', BODY, 'openai-chat', 'openai-chat', 'a 1 MB request body'),
  row('crowd', CROWD, 'openai-chat', 'openai-chat', '4,000 streams at once, a frame every 250 ms each'),
];

/** The row that a translating one is compared with: the same client, shape and text, relayed. */
export function relayRowOf(translated: Row): Row | undefined {
  return ROWS.find(
    (one) => one.group === translated.group && one.client === translated.client && one.upstream === translated.client,
  );
}

export const PROMPT_TOKENS = 250;
export const COMPLETION_TOKENS = 100;
/** USD per token, as a config file says it. */
export const PRICES = { prompt: '0.000001', completion: '0.000002' } as const;
/** What Signalbox must have charged for each answer: 250 and 100 tokens at the prices above. */
export const NANO_USD_PER_REQUEST = 450_000n;

/** Content frame `index` says this; the load checks that all of them came, in order. */
export const contentOf = (index: number): string => `tok${index} `;
/** What a whole reply says where the upstream received the request's body whole. */
export const WHOLE_CONTENT = `All received. ${'The quick brown fox jumps over the lazy dog. '.repeat(11)}`;

/** What the host says to a row's requests. */
export function answerTo(row: Row): StreamAnswer {
  const pieces =
    row.contentFrames === 0
      ? [WHOLE_CONTENT]
      : Array.from({ length: row.contentFrames }, (_, index) => contentOf(index));
  return { model: row.model, pieces, promptTokens: PROMPT_TOKENS, completionTokens: COMPLETION_TOKENS };
}

/** How many writes a stream of this row's host takes; 0 for a whole reply. */
export function framesOf(row: Row): number {
  return row.contentFrames === 0 ? 0 : GRAMMARS[row.upstream].stream(answerTo(row)).length;
}

export function requestBody(row: Row): string {
  const grammar: Grammar = GRAMMARS[row.client];
  const body = (prompt: string): string =>
    JSON.stringify(row.contentFrames > 0 ? grammar.request(row.model, prompt) : wholeRequest(row.model, prompt));
  const sentence = 'Tell me something about signal boxes. ';
  const room = row.requestBytes - body('').length;
  return body(sentence.repeat(Math.ceil(room / sentence.length)).slice(0, room));
}
