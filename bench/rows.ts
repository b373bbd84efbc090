/** What is measured. Read by the upstream (what to answer), the load (what to ask and expect) and the report. */

export interface Row {
  readonly id: 'reply' | 'stream' | 'paced' | 'body' | 'crowd';
  readonly title: string;
  /** Public id and upstream name alike; the upstream finds it in the body and answers accordingly. */
  readonly model: string;
  /** Content frames of a stream; 0 = a whole reply. Role, finish and usage frames come on top. */
  readonly contentFrames: number;
  /** Milliseconds between frames; 0 = all at once. */
  readonly paceMs: number;
  readonly requestBytes: number;
  /** Simultaneous connections, each with one request at a time. */
  readonly connections: number;
  /** True where only Signalbox is asked: a proof, not a comparison. */
  readonly signalboxOnly: boolean;
}

/** Role, finish and usage: a stream of 98 content frames has 101 frames, and `[DONE]`. */
export const FRAMES_AROUND_CONTENT = 3;

export const ROWS: readonly Row[] = [
  {
    id: 'reply',
    title: 'one reply, 1 KB each way',
    model: 'bench/reply',
    contentFrames: 0,
    paceMs: 0,
    requestBytes: 1024,
    connections: 32,
    signalboxOnly: false,
  },
  {
    id: 'stream',
    title: 'a 101-frame stream, as fast as it goes',
    model: 'bench/stream',
    contentFrames: 98,
    paceMs: 0,
    requestBytes: 1024,
    connections: 16,
    signalboxOnly: false,
  },
  {
    id: 'paced',
    title: '400 streams at once, a frame every 20 ms each',
    model: 'bench/paced',
    contentFrames: 98,
    paceMs: 20,
    requestBytes: 1024,
    connections: 400,
    signalboxOnly: false,
  },
  {
    id: 'body',
    title: 'a 1 MB request body',
    model: 'bench/body',
    contentFrames: 0,
    paceMs: 0,
    requestBytes: 1024 * 1024,
    connections: 4,
    signalboxOnly: false,
  },
  {
    id: 'crowd',
    title: '4,000 streams at once, a frame every 250 ms each',
    model: 'bench/crowd',
    contentFrames: 18,
    paceMs: 250,
    requestBytes: 1024,
    connections: 4000,
    signalboxOnly: true,
  },
];

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

export function requestBody(row: Row): string {
  const body = (content: string): string =>
    JSON.stringify({
      model: row.model,
      messages: [
        { role: 'system', content: 'You are a benchmark.' },
        { role: 'user', content },
      ],
      max_tokens: 1000,
      ...(row.contentFrames > 0 ? { stream: true, stream_options: { include_usage: true } } : {}),
    });
  const sentence = 'Tell me something about signal boxes. ';
  const room = row.requestBytes - body('').length;
  return body(sentence.repeat(Math.ceil(room / sentence.length)).slice(0, room));
}
