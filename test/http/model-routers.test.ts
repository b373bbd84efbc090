/** `openrouter/auto`, `openrouter/free` and `~author/family-latest`, as a caller asks for them. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ask, chat, errorOf, wholeOf } from '../kit/ask.ts';
import { generationOf } from '../kit/generation.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const model = (id: string, usd: string, more = '') =>
  `{ id: "${id}", upstream: echo, pricing: { prompt: "${usd}", completion: "${usd}" }${more} }`;

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway({
    config: `providers:
  lab:
    dialect: openai-chat
    base_url: "sim://lab/v1"
    api_key: none
    models:
      - ${model('lab/small', '0.0000001')}
      - ${model('lab/middle', '0.000001')}
      - ${model('lab/large', '0.00001')}
      - ${model('lab/gift:free', '0')}
      - ${model('lab/other:free', '0')}
  anthropic:
    base_url: "sim://anthropic/v1"
    api_key: none
    models:
      - { id: anthropic/claude-sonnet-4.5, upstream: echo }
      - { id: anthropic/claude-sonnet-5, upstream: echo }
`,
  });
});
afterAll(() => gateway.stop());

const auto = (options: object) => chat('openrouter/auto', 'hi', { plugins: [{ id: 'auto-router', ...options }] });

describe('openrouter/auto', () => {
  test('answers with a concrete model, and records the router', async () => {
    const answer = await wholeOf(await ask(gateway, chat('openrouter/auto', 'Translate to French: hello')));
    expect(answer.model).toContain('/');
    expect(answer.model).not.toStartWith('openrouter/');
    expect((await generationOf(gateway, answer.id))['router']).toBe('openrouter/auto');
  });

  test('auto is its short name', async () => {
    expect((await ask(gateway, chat('auto'))).status).toBe(200);
  });

  test.each([
    ['low', 'lab/small'],
    ['max', 'lab/large'],
  ])('cost_tier %s', async (cost_tier, expected) => {
    const answer = await wholeOf(await ask(gateway, auto({ cost_tier, allowed_models: ['lab/*'] })));
    expect(answer.model).toBe(expected);
  });

  test('stays within allowed_models', async () => {
    const answer = await wholeOf(await ask(gateway, auto({ allowed_models: ['lab/middle'] })));
    expect(answer.model).toBe('lab/middle');
  });

  test('nothing left: 404 in the contract’s words', async () => {
    const error = await errorOf(await ask(gateway, auto({ allowed_models: ['nobody/*'] })));
    expect(error.code).toBe(404);
    expect(error.message).toStartWith('No models match your request and model restrictions');
  });

  test('honours the provider object', async () => {
    const request = { ...auto({}), provider: { only: ['anthropic'] } };
    const answer = await wholeOf(await ask(gateway, request));
    expect(answer.model).toStartWith('anthropic/');
  });

  test('pin_model keeps the model of the last answer', async () => {
    const request = {
      model: 'openrouter/auto',
      plugins: [{ id: 'auto-router', pin_model: true }],
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'hello', model: 'lab/large' },
        { role: 'user', content: 'again' },
      ],
    };
    expect((await wholeOf(await ask(gateway, request))).model).toBe('lab/large');
  });

  test('a session keeps its model', async () => {
    const first = await wholeOf(await ask(gateway, { ...auto({ cost_tier: 'max' }), session_id: 's1' }));
    const second = await wholeOf(await ask(gateway, { ...auto({}), session_id: 's1' }));
    expect(second.model).toBe(first.model);
  });

  test('an option of the wrong type is refused with its path', async () => {
    const error = await errorOf(await ask(gateway, auto({ cost_tier: 'cheap' })));
    expect(error.code).toBe(400);
    expect(error.message).toStartWith('plugins[0].cost_tier');
  });
});

test('openrouter/free answers free of charge, by any of them', async () => {
  const answered = new Set<string>();
  for (let i = 0; i < 24; i++) {
    const answer = await wholeOf(await ask(gateway, chat('openrouter/free')));
    expect(answer.usage.cost).toBe(0);
    answered.add(answer.model);
  }
  expect([...answered].sort()).toEqual(['lab/gift:free', 'lab/other:free']);
});

test('~author/family-latest is the newest model of the family', async () => {
  const answer = await wholeOf(await ask(gateway, chat('~anthropic/claude-sonnet-latest')));
  expect(answer.model).toBe('anthropic/claude-sonnet-5');
});
