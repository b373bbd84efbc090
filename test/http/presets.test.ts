/** `/presets` over plain HTTP and through the unmodified `@openrouter/sdk`, which refuses any answer whose shape is not exact. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { OpenRouter } from '@openrouter/sdk';
import { BadRequestResponseError, NotFoundResponseError } from '@openrouter/sdk/models/errors';
import { z } from 'zod';
import { type Asked, ask, errorOf } from '../kit/ask.ts';
import { failureOf } from '../kit/failure-of.ts';
import { createServeFolder } from '../kit/serve-child.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

let gateway: Gateway;
let client: OpenRouter;

beforeAll(async () => {
  gateway = await startGateway();
  client = new OpenRouter({
    serverURL: `${gateway.url}/api/v1`,
    apiKey: gateway.apiKey,
    retryConfig: { strategy: 'none' },
  });
});
afterAll(() => gateway.stop());

const send = (method: string, path: string, body: unknown = null, key?: string) =>
  ask(gateway, body, { method, path: `/api/v1/presets${path}`, ...(key !== undefined && { key }) });

const answer = z.strictObject({
  data: z.strictObject({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    status: z.string(),
    designated_version_id: z.uuid(),
    creator_user_id: z.string().nullable(),
    workspace_id: z.string(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    status_updated_at: z.iso.datetime().nullable(),
    designated_version: z.strictObject({
      id: z.uuid(),
      preset_id: z.uuid(),
      version: z.int(),
      system_prompt: z.string().nullable(),
      config: z.record(z.string(), z.json()),
      creator_id: z.string(),
      created_at: z.iso.datetime(),
      updated_at: z.iso.datetime(),
    }),
  }),
});

async function presetOf(response: Response): Promise<z.infer<typeof answer>['data']> {
  const text = await response.text();
  if (response.status !== 200) throw new Error(`status ${response.status}: ${text}`);
  return answer.parse(JSON.parse(text)).data;
}

describe('made of a request', () => {
  test('of chat: the system prompt apart, the messages gone, the rest as it was sent', async () => {
    const preset = await presetOf(
      await send('POST', '/email-copywriter/chat/completions', {
        model: 'sim/echo',
        temperature: 0.7,
        provider: { sort: 'price' },
        stream: true,
        messages: [
          { role: 'system', content: 'You are a helpful assistant.' },
          { role: 'user', content: 'Write a marketing email.' },
        ],
      }),
    );
    expect(preset).toMatchObject({
      slug: 'email-copywriter',
      name: 'email-copywriter',
      description: null,
      status: 'active',
      status_updated_at: null,
      designated_version_id: preset.designated_version.id,
    });
    expect(preset.designated_version).toMatchObject({
      preset_id: preset.id,
      version: 1,
      system_prompt: 'You are a helpful assistant.',
    });
    expect(preset.designated_version.config).toEqual({
      model: 'sim/echo',
      temperature: 0.7,
      provider: { sort: 'price' },
    });
    expect(await presetOf(await send('GET', '/email-copywriter'))).toEqual(preset);
  });

  test('again: the next version, which is in force; nothing is inherited from the one before', async () => {
    const first = await presetOf(
      await send('POST', '/again/chat/completions', {
        model: 'sim/echo',
        messages: [{ role: 'system', content: 'One.' }],
      }),
    );
    const second = await presetOf(await send('POST', '/again/chat/completions', { top_p: 0.5 }));
    expect(second).toMatchObject({ id: first.id, created_at: first.created_at });
    expect(second.designated_version).toMatchObject({ version: 2, system_prompt: null, config: { top_p: 0.5 } });
  });

  test('ten at once are ten versions', async () => {
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, seed) => send('POST', '/at-once/chat/completions', { model: 'sim/echo', seed })),
    );
    const versions = await Promise.all(
      made.map(async (response) => (await presetOf(response)).designated_version.version),
    );
    expect(versions.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('of a management key, too', async () => {
    const made = await send('POST', '/by-manager/chat/completions', { model: 'sim/echo' }, gateway.managementKey);
    expect((await presetOf(made)).slug).toBe('by-manager');
  });
});

describe('what is refused', () => {
  test.each<[string, unknown, string]>([
    ['/p/chat/completions', { temperature: 'hot' }, 'temperature: got string'],
    ['/p/chat/completions', { messages: [{ role: 'robot', content: '' }] }, 'messages[0].role'],
    ['/p/chat/completions', { messages: 'hi' }, 'messages: '],
    ['/p/chat/completions', { tools: [{ type: 'function' }] }, 'tools[0].function'],
    ['/p/chat/completions', { model: 'sim/echo@preset/other' }, 'model: a preset cannot refer to a preset'],
    ['/p/chat/completions', [], 'body: expected a JSON object'],
    ['/p/messages', { max_tokens: '9' }, 'max_tokens: got string'],
    ['/p/messages', { stop_sequences: 'END', thinking: 'on' }, 'thinking: '],
    ['/p/messages', { tools: [{ type: 'bash_20250124', name: 'bash' }] }, 'tools[0].type: got "bash_20250124"'],
    ['/p/responses', { max_output_tokens: 0 }, 'max_output_tokens: got 0; accepted: at least 1'],
    ['/p/responses', { instructions: 4 }, 'instructions: '],
    ['/Not%20A%20Slug/chat/completions', {}, 'slug: '],
    [`/${'x'.repeat(65)}/messages`, {}, 'slug: '],
    ['/-x/responses', {}, 'slug: '],
    ['/p/responses', { metadata: { a: 'x'.repeat(513) } }, 'metadata.a'],
    ['/p/chat/completions', { big: 'x'.repeat(256 * 1024) }, 'body: a preset holds at most 262144'],
  ])('%s %j', async (path, body, message) => {
    const error = await errorOf(await send('POST', path, body));
    expect(error).toMatchObject({ code: 400, metadata: { error_type: 'invalid_request' } });
    expect(error.message).toStartWith(message);
    expect((await send('GET', '/p')).status).toBe(404);
  });

  test.each(['?limit=0', '?limit=101', '?offset=-1', '?limit=x'])('a page that is none: %s', async (query) => {
    expect((await errorOf(await send('GET', query))).code).toBe(400);
  });

  test.each(['0', '-1', 'latest', '1.5', '1e3'])('a version that is no number: %s', async (version) => {
    await send('POST', '/numbered/chat/completions', {});
    expect((await errorOf(await send('GET', `/numbered/versions/${version}`))).code).toBe(400);
  });

  test.each(['/none', '/none/versions', '/none/versions/1', '/constructor'])('an unknown slug: %s', async (path) => {
    expect((await errorOf(await send('GET', path))).code).toBe(404);
  });

  test('no key, and a key that is none', async () => {
    expect((await ask(gateway, null, { method: 'GET', path: '/api/v1/presets', key: null })).status).toBe(401);
    expect((await send('POST', '/p/chat/completions', {}, `sk-or-v1-${'0'.repeat(64)}`)).status).toBe(401);
  });
});

describe('changed', () => {
  test('name, description and status; each change tells when', async () => {
    const made = await presetOf(await send('POST', '/changed/chat/completions', { model: 'sim/echo' }));
    const renamed = await presetOf(
      await send('PATCH', '/changed', { name: ' Changed ', description: 'What it is for.' }),
    );
    expect(renamed).toEqual({
      ...made,
      name: 'Changed',
      description: 'What it is for.',
      updated_at: renamed.updated_at,
    });
    const off = await presetOf(await send('PATCH', '/changed', { status: 'disabled', description: null }));
    expect(off).toMatchObject({ status: 'disabled', description: null, status_updated_at: off.updated_at });
    const { status_updated_at } = await presetOf(await send('PATCH', '/changed', { status: 'disabled' }));
    expect(status_updated_at).toBe(off.status_updated_at);
  });

  test('back to an earlier version; the next one is numbered after the last', async () => {
    for (const seed of [1, 2, 3]) await send('POST', '/back/chat/completions', { model: 'sim/echo', seed });
    const back = await presetOf(await send('PATCH', '/back', { designated_version: 1 }));
    expect(back.designated_version).toMatchObject({ version: 1, config: { seed: 1 } });
    const next = await presetOf(await send('POST', '/back/chat/completions', { seed: 4 }));
    expect(next.designated_version).toMatchObject({ version: 4, config: { seed: 4 } });
  });

  test.each<[unknown, string]>([
    [{ status: 'deleted' }, 'status: '],
    [{ designated_version: 9 }, 'designated_version: there is no version 9; the last one is 1'],
    [{ slug: 'other' }, 'slug: '],
    [{ name: '' }, 'name: '],
  ])('not to what it cannot be: %j', async (body, message) => {
    await presetOf(await send('POST', `/fixed-${message.length}/chat/completions`, {}));
    const error = await errorOf(await send('PATCH', `/fixed-${message.length}`, body));
    expect(error.code).toBe(400);
    expect(error.message).toStartWith(message);
  });

  test('there is no DELETE: an archived preset keeps its versions', async () => {
    await send('POST', '/archived/chat/completions', { model: 'sim/echo' });
    expect((await send('DELETE', '/archived')).status).toBe(405);
    expect(await presetOf(await send('PATCH', '/archived', { status: 'archived' }))).toMatchObject({
      status: 'archived',
    });
  });
});

test('presets outlive the process, and so does the number of their last version', async () => {
  const path = '/api/v1/presets/kept';
  const post = (asked: Asked, body: unknown) => ask(asked, body, { path: `${path}/chat/completions` });
  const folder = createServeFolder('providers:\n  sim: {}\n');
  try {
    const first = await folder.start();
    for (const seed of [1, 2]) await presetOf(await post(first, { model: 'sim/echo', seed }));
    await presetOf(await ask(first, { designated_version: 1, name: 'Kept' }, { method: 'PATCH', path }));
    first.kill('SIGKILL');
    await first.exited;
    const again = await folder.start();
    const kept = await presetOf(await ask(again, null, { method: 'GET', path }));
    expect(kept).toMatchObject({ name: 'Kept', designated_version: { version: 1, config: { seed: 1 } } });
    expect((await presetOf(await post(again, { seed: 3 }))).designated_version.version).toBe(3);
  } finally {
    folder.remove();
  }
});

describe('@openrouter/sdk', () => {
  const chatRequest = { model: 'sim/echo', temperature: 0.1, messages: [{ role: 'user' as const, content: 'x' }] };

  test('makes presets in all three grammars', async () => {
    const ofChat = await client.presets.createPresetsChatCompletions({ slug: 'sdk-chat', chatRequest });
    expect(ofChat.data.designatedVersion).toMatchObject({
      version: 1,
      config: { model: 'sim/echo', temperature: 0.1 },
    });
    const ofMessages = await client.presets.createPresetsMessages({
      slug: 'sdk-messages',
      messagesRequest: {
        model: 'sim/echo',
        maxTokens: 9,
        system: 'Be brief.',
        messages: [{ role: 'user', content: 'x' }],
      },
    });
    expect(ofMessages.data.designatedVersion).toMatchObject({
      systemPrompt: 'Be brief.',
      config: { model: 'sim/echo', max_tokens: 9 },
    });
    const ofResponses = await client.presets.createPresetsResponses({
      slug: 'sdk-responses',
      responsesRequest: { model: 'sim/echo', instructions: 'Be brief.', input: 'x' },
    });
    expect(ofResponses.data.designatedVersion).toMatchObject({
      systemPrompt: 'Be brief.',
      config: { model: 'sim/echo' },
    });
    const { data } = await client.presets.get({ slug: 'sdk-chat' });
    expect(data).toEqual(ofChat.data);
  });

  test('lists them page by page, the one updated last first', async () => {
    for (const slug of ['older', 'newer']) {
      await client.presets.createPresetsChatCompletions({ slug, chatRequest });
      await Bun.sleep(2);
    }
    const slugs: string[] = [];
    let total = 0;
    for await (const { result } of await client.presets.list({ limit: 3 })) {
      slugs.push(...result.data.map(({ slug }) => slug));
      total = result.totalCount;
    }
    expect(slugs.slice(0, 2)).toEqual(['newer', 'older']);
    expect(new Set(slugs).size).toBe(total);
    await client.presets.createPresetsChatCompletions({ slug: 'older', chatRequest });
    const { result } = await client.presets.list();
    expect(result.data[0]?.slug).toBe('older');
  });

  test('reads versions, oldest first', async () => {
    for (const seed of [1, 2, 3]) {
      await client.presets.createPresetsChatCompletions({ slug: 'versions', chatRequest: { ...chatRequest, seed } });
    }
    const seeds: unknown[] = [];
    for await (const { result } of await client.presets.listVersions({ slug: 'versions', limit: 2 })) {
      expect(result.totalCount).toBe(3);
      seeds.push(...result.data.map((version) => version?.config['seed']));
    }
    expect(seeds).toEqual([1, 2, 3]);
    const { data } = await client.presets.getVersion({ slug: 'versions', version: '2' });
    expect(data).toMatchObject({ version: 2, config: { seed: 2 } });
  });

  test('is told what is unknown or wrong', async () => {
    await failureOf(client.presets.get({ slug: 'unknown' }), NotFoundResponseError);
    await failureOf(client.presets.getVersion({ slug: 'versions', version: '9' }), NotFoundResponseError);
    await failureOf(client.presets.get({ slug: 'No Slug' }), BadRequestResponseError);
  });
});
