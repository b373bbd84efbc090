/** What the simulated provider streams in each grammar, byte by byte: for tests that break a stream at a place they name. */
import { simulate } from '../../src/providers/sim/simulate.ts';
import type { Upstream } from './sim-lab.ts';

type Dialect = Upstream['dialect'];
type Request = Pick<Parameters<typeof simulate>[0], 'path' | 'body'>;

/** As the gateway asks: with usage where a grammar tells it on demand. */
const REQUESTS: Readonly<Record<Dialect, (text: string) => Request>> = {
  'openai-chat': (content) => ({
    path: '/v1/chat/completions',
    body: {
      model: 'sim/echo',
      messages: [{ role: 'user', content }],
      stream: true,
      stream_options: { include_usage: true },
    },
  }),
  'openai-responses': (input) => ({ path: '/v1/responses', body: { model: 'sim/echo', input, stream: true } }),
  'anthropic-messages': (content) => ({
    path: '/v1/messages',
    body: { model: 'sim/echo', max_tokens: 100, messages: [{ role: 'user', content }], stream: true },
  }),
  gemini: (text) => ({
    path: '/v1beta/models/sim%2Fecho:streamGenerateContent?alt=sse',
    body: { contents: [{ role: 'user', parts: [{ text }] }] },
  }),
  'bedrock-converse': (text) => ({
    path: '/model/sim%2Fecho/converse-stream',
    body: { messages: [{ role: 'user', content: [{ text }] }] },
  }),
  cohere: (content) => ({
    path: '/v2/chat',
    body: { model: 'sim/echo', messages: [{ role: 'user', content }], stream: true },
  }),
  ollama: (content) => ({ path: '/api/chat', body: { model: 'sim/echo', messages: [{ role: 'user', content }] } }),
};

/** The bytes of the echo of a text. */
export function streamOf(dialect: Dialect, text: string): Buffer {
  const { steps, status } = simulate({ ...REQUESTS[dialect](text), seed: 1 });
  if (status !== 200) throw new Error(`the simulator refused a request in ${dialect}`);
  return Buffer.concat(steps.map(({ bytes }) => Buffer.from(bytes)));
}

/** The byte of that stream at which this piece of the text begins. */
export function placeOf(piece: string, dialect: Dialect, text: string): number {
  const at = streamOf(dialect, text).indexOf(piece);
  if (at < 0) throw new Error(`the simulator does not say "${piece}" in ${dialect}`);
  return at;
}
