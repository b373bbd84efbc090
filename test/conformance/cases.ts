/** The cases of the matrix: what is asked, and what must come of it whatever the two grammars are. */
import type { Ask, Media, Reading, Turn } from './face.ts';

export interface Case {
  readonly name: string;
  /** Asks through a pair; every expectation throws where it is not met. */
  run(pair: AskPair): Promise<void>;
}

export type Question = Omit<Ask, 'stream'>;
export type AskPair = (question: Question) => Promise<Reading>;

/** A red pixel. */
const PNG: Media = {
  mediaType: 'image/png',
  base64: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
};
const PDF: Media = {
  mediaType: 'application/pdf',
  base64: btoa('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>'),
};
const TEXT = 'Grüße, "quoted" \\ and 😀\nin two lines';
const said = (text: string): readonly Turn[] => [{ role: 'user', text }];

const TOOLS = ['get_weather', 'get_time'].map((name) => ({
  name,
  description: `Calls ${name}.`,
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
}));
const SCHEMA = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
  additionalProperties: false,
};

export const cases: readonly Case[] = [
  {
    name: 'text',
    async run(ask) {
      const reading = await ask({ model: 'sim/echo', system: 'Echo.', turns: said(TEXT) });
      equal(reading.text, TEXT, 'text');
      equal(reading.finish, 'stop', 'finish');
      holds(reading.ended, 'the end of the grammar');
      holds((reading.usage?.prompt ?? 0) > 0 && (reading.usage?.completion ?? 0) > 0, 'usage');
    },
  },
  {
    name: 'parallel tools',
    async run(ask) {
      const question = { model: 'sim/tools?calls=2', tools: TOOLS, turns: said('Weather and time in Zürich?') };
      const called = await ask(question);
      equal(called.finish, 'tools', 'finish');
      equal(called.calls.map(({ name }) => name).join(), 'get_weather,get_time', 'names');
      holds(new Set(called.calls.map(({ id }) => id)).size === 2, 'ids of their own');
      holds(
        called.calls.every((call) => typeof call.arguments.city === 'string'),
        'arguments',
      );
      const results = called.calls.map(({ id, name }, at) => ({ id, name, text: `result ${at}` }));
      const turns: readonly Turn[] = [
        ...question.turns,
        { role: 'assistant', turn: called.turn },
        { role: 'results', results },
      ];
      const answered = await ask({ ...question, turns });
      equal(answered.text, 'get_weather answered: result 0\nget_time answered: result 1', 'text of the second turn');
    },
  },
  {
    name: 'tool results with images',
    async run(ask) {
      const question = { model: 'sim/vision?calls=1', tools: TOOLS.slice(0, 1), turns: said('Show me Zürich.') };
      const called = await ask(question);
      const results = called.calls.map(({ id, name }) => ({ id, name, text: 'a picture', image: PNG }));
      const turns: readonly Turn[] = [
        ...question.turns,
        { role: 'assistant', turn: called.turn },
        { role: 'results', results },
      ];
      const answered = await ask({ ...question, turns });
      holds(answered.text.includes('get_weather answered: a picture'), `the result's text: ${answered.text}`);
      holds(/Received 1: image.*, 70 bytes/.test(answered.text), `the result's image: ${answered.text}`);
    },
  },
  {
    name: 'image in',
    async run(ask) {
      const reading = await ask({ model: 'sim/vision', turns: [{ role: 'user', text: 'What is this?', image: PNG }] });
      holds(/^Received 1: image.*, 70 bytes/.test(reading.text), `what was received: ${reading.text}`);
    },
  },
  {
    name: 'PDF in',
    async run(ask) {
      const reading = await ask({ model: 'sim/vision', turns: [{ role: 'user', text: 'What is this?', pdf: PDF }] });
      holds(/^Received 1: file application\/pdf, 62 bytes/.test(reading.text), `what was received: ${reading.text}`);
    },
  },
  {
    name: 'reasoning, two turns',
    async run(ask) {
      const question = { model: 'sim/reasoner', reasoning: true, turns: said('Think.') };
      const first = await ask(question);
      holds(first.reasoning.startsWith('The user said: "Think."'), `reasoning: ${first.reasoning}`);
      equal(first.text, 'You said: Think.', 'text');
      const turns: readonly Turn[] = [...question.turns, { role: 'assistant', turn: first.turn }, ...said('Again.')];
      const second = await ask({ ...question, turns });
      equal(second.text, 'Earlier reasoning came back unmodified. You said: Again.', 'text of the second turn');
    },
  },
  {
    name: 'structured output',
    async run(ask) {
      const reading = await ask({ model: 'sim/json', schema: SCHEMA, turns: said('Who?') });
      const value = JSON.parse(reading.text);
      equal(`${typeof value.name} ${typeof value.age}`, 'string number', 'the value');
      equal(reading.finish, 'stop', 'finish');
    },
  },
  {
    name: 'refusal',
    async run(ask) {
      const reading = await ask({ model: 'sim/echo?finish=content_filter', turns: said('Something bad.') });
      equal(reading.finish, 'filtered', 'finish');
      holds(reading.ended, 'the end of the grammar');
    },
  },
  {
    name: 'length stop',
    async run(ask) {
      const reading = await ask({ model: 'sim/lorem', maxTokens: 16, turns: said('200 tokens') });
      equal(reading.finish, 'length', 'finish');
      holds(reading.text.length > 0 && reading.ended, 'text and end');
      equal(reading.usage?.completion, 16, 'completion tokens');
    },
  },
  {
    name: 'empty',
    async run(ask) {
      const reading = await ask({ model: 'sim/echo?empty', turns: said('Say nothing.') });
      equal(reading.text, '', 'text');
      equal(reading.finish, 'stop', 'finish');
      holds(reading.ended, 'the end of the grammar');
    },
  },
  {
    name: 'usage with cache',
    async run(ask) {
      const { usage } = await ask({ model: 'sim/echo?cached=3', turns: said('Twelve bytes and more of them.') });
      equal(usage?.cached, 3, 'cached tokens');
      equal(usage?.prompt, 8, 'prompt tokens, cached ones among them');
    },
  },
  {
    name: 'error before',
    async run(ask) {
      const reading = await ask({ model: 'sim/echo?status=429', turns: said('x') });
      equal(reading.status, 429, 'status');
      holds(reading.error?.includes('Simulated error 429') ?? false, `error: ${reading.error}`);
    },
  },
  {
    name: 'error in the answer',
    async run(ask) {
      const reading = await ask({
        model: 'sim/echo?error_after=2&frames=9',
        turns: said('some words to be broken off'),
      });
      holds(reading.error !== null && !reading.ended, `error: ${reading.error}, ended: ${reading.ended}`);
    },
  },
  {
    name: 'cut',
    async run(ask) {
      for (const at of [1, 400, 1200]) {
        const reading = await ask({ model: `sim/lorem?cut=${at}&frames=60&tokens=400`, turns: said('long') });
        holds(reading.error !== null && !reading.ended, `cut at ${at}: error ${reading.error}, ended ${reading.ended}`);
      }
    },
  },
];

function equal(got: unknown, wanted: unknown, what: string): void {
  if (got !== wanted) throw new Error(`${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
}

function holds(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what);
}
