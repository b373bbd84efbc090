/** Plugins over HTTP (OpenRouter's API, `plugins[]`): what the provider is sent and what the caller gets. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Server } from 'bun';
import { pdfOf } from '../../src/plugins/file-parser/pdf.fixture.ts';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
import { readStream } from '../kit/read-stream.ts';
import { answerOf, type ScriptedUpstream, startScriptedUpstream } from '../kit/scripted-upstream.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let said = 'hi';
let upstream: ScriptedUpstream;
let search: Server<undefined>;
let gateway: Gateway;
beforeAll(async () => {
  upstream = startScriptedUpstream(() => answerOf(said));
  search = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) =>
      Response.json({
        query: new URL(request.url).searchParams.get('q'),
        results: [{ url: 'https://example.com/rome', title: 'Rome', content: 'Rome has 2.8 million people.' }],
      }),
  });
  const model = (id: string, more = '') =>
    `{ id: ${id}, upstream: m, input_modalities: [text], pricing: { prompt: "0.000001", completion: "0.000001" }${more} }`;
  gateway = await startGateway({
    config: `plugins: { web: { base_url: "http://127.0.0.1:${search.port}" } }
providers:
  lab:
    dialect: openai-chat
    base_url: "${upstream.url}"
    api_key: none
    models: [${model('lab/short', ', context_length: 4096')}, ${model('lab/long', ', context_length: 20000')}]
`,
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  await search.stop(true);
});

const sent = () => JSON.stringify(upstream.received.at(-1)?.body['messages']);
const turns = (count: number, characters: number) =>
  Array.from({ length: count }, (_, i) => ({
    role: i % 2 === 0 ? 'user' : 'assistant',
    content: `turn ${i} ${'word '.repeat(characters / 5)}`,
  }));

describe('context-compression', () => {
  test('is on for short contexts: the middle is left out, beginning and end stay', async () => {
    const messages = turns(41, 1500);
    const response = await ask(
      gateway,
      { model: 'lab/short', messages },
      { headers: { 'x-openrouter-metadata': 'enabled' } },
    );
    const answer = await wholeOf(response);
    expect(sent()).toContain('turn 0 ');
    expect(sent()).toContain('turn 40 ');
    expect(sent()).not.toContain('turn 20 ');
    expect(answer['openrouter_metadata']).toMatchObject({ pipeline: [{ type: 'context_compression' }] });
  });

  test('where it is disabled an oversize prompt fails', async () => {
    const body = {
      model: 'lab/short',
      messages: turns(41, 1500),
      plugins: [{ id: 'context-compression', enabled: false }],
    };
    const error = await errorOf(await ask(gateway, body));
    expect(error.availability?.['excluded_by']).toEqual(['context_length']);
  });

  test('is off for longer contexts, unless it is asked for', async () => {
    const messages = turns(101, 2000);
    expect((await ask(gateway, { model: 'lab/long', messages })).status).toBe(404);
    const asked = { model: 'lab/long', messages, transforms: ['middle-out'] };
    expect((await ask(gateway, asked)).status).toBe(200);
    expect(sent()).not.toContain('turn 50 ');
  });
});

describe('response-healing', () => {
  const request = (more: object) => ({
    ...chat('lab/long'),
    response_format: { type: 'json_object' },
    plugins: [{ id: 'response-healing' }],
    ...more,
  });

  test('a whole reply in need of it is healed', async () => {
    said = 'Here you are:\n```json\n{name: "Rome", sights: ["Forum",],\n```';
    const answer = await wholeOf(await ask(gateway, request({})));
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ name: 'Rome', sights: ['Forum'] });
  });

  test('without the plugin it is as the provider said it', async () => {
    const answer = await wholeOf(await ask(gateway, request({ plugins: [] })));
    expect(answer.choices[0]?.message.content).toBe(said);
    said = 'hi';
  });
});

describe('file-parser', () => {
  const withFile = (more: object = {}) => ({
    model: 'lab/long',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is the total?' },
          {
            type: 'file',
            file: {
              filename: 'bill.pdf',
              file_data: `data:application/pdf;base64,${Buffer.from(pdfOf(['Total: 42 euro'])).toString('base64')}`,
            },
          },
        ],
      },
    ],
    ...more,
  });

  test('a PDF becomes text where the endpoint takes no files', async () => {
    expect((await ask(gateway, withFile())).status).toBe(200);
    expect(sent()).toContain('Total: 42 euro');
    expect(sent()).not.toContain('base64');
  });

  test('an engine that needs an outside service is refused, and says so', async () => {
    const plugins = [{ id: 'file-parser', pdf: { engine: 'mistral-ocr' } }];
    const error = await errorOf(await ask(gateway, withFile({ plugins })));
    expect(error.message).toContain('mistral-ocr');
  });

  test('what is no PDF is refused with its place', async () => {
    const body = withFile();
    const url = `data:application/pdf;base64,${Buffer.from('nothing of the kind').toString('base64')}`;
    const text = JSON.stringify(body).replace(/data:application[^"]*/, url);
    const error = await errorOf(await ask(gateway, text));
    expect(error.code).toBe(400);
    expect(error.message).toContain('messages[0].content[1]');
  });
});

describe('web', () => {
  test.each([
    ['the plugin', { plugins: [{ id: 'web' }] }, 'lab/long'],
    [':online', {}, 'lab/long:online'],
  ])('%s searches once and gives the results to the model', async (_, more, model) => {
    said = 'Rome has 2.8 million people ([example.com](https://example.com/rome)).';
    const answer = await wholeOf(await ask(gateway, { ...chat(model, 'How many people live in Rome?'), ...more }));
    expect(sent()).toContain('Rome has 2.8 million people.');
    expect(answer.choices[0]?.message['annotations']).toMatchObject([
      { type: 'url_citation', url_citation: { url: 'https://example.com/rome' } },
    ]);
    expect((await generationOf(gateway, answer.id)).model).toBe('lab/long');
  });

  test('in a stream the citation comes as an annotation', async () => {
    const body = { ...chat('lab/long:online', 'Rome?'), stream: true };
    const read = await readStream(await ask(gateway, body));
    expect(JSON.stringify(read.frames)).toContain('url_citation');
    said = 'hi';
  });

  test('is refused where no search is configured, naming the setting', async () => {
    const bare = await startGateway();
    const error = await errorOf(await ask(bare, chat('sim/echo', 'hi', { plugins: [{ id: 'web' }] })));
    expect(error.message).toContain('plugins.web.base_url');
    await bare.stop();
  });
});

test('a plugin that is not known is a note, not silence', async () => {
  const response = await ask(gateway, chat('lab/long', 'hi', { plugins: [{ id: 'time-travel' }] }));
  expect(Number(response.headers.get('x-signalbox-notes'))).toBeGreaterThan(0);
});
