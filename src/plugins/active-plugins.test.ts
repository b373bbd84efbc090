import { describe, expect, test } from 'bun:test';
import type { ChatRequest, FilePart } from '../core/chat.ts';
import type { PluginWish } from '../core/demand.ts';
import type { JsonObject } from '../core/json.ts';
import { activatePlugins, type PluginPorts, type PluginQuestion } from './active-plugins.ts';
import { pdfOf } from './file-parser/pdf.fixture.ts';
import { createPdfReader } from './file-parser/pdf-reader.ts';
import { assistant, choiceOf, endpointOf, requestOf, responseOf, user } from './samples.fixture.ts';

const PORTS: PluginPorts = {
  clock: { now: () => Date.UTC(2026, 10, 21) },
  pdfReader: { read: () => Promise.reject(new Error('not asked for')) },
  search: {
    search: async () => [{ url: 'https://example.com/rail', title: 'Rail', content: 'Points.' }],
  },
};

function wish(options: JsonObject & { readonly id: string }): PluginWish {
  return { id: options.id, enabled: options['enabled'] !== false, options };
}

interface Asked {
  readonly wishes?: readonly PluginWish[];
  readonly request?: ChatRequest;
  readonly promptTokens?: number;
}

function question(
  { wishes = [], request = requestOf([user('hello')]), promptTokens = 20 }: Asked,
  more: Partial<PluginQuestion> = {},
): PluginQuestion {
  const hasFiles = request.messages.some(({ content }) => content.some(({ type }) => type === 'file'));
  return {
    demand: {
      plugins: wishes,
      stream: request.stream,
      inputModalities: hasFiles ? ['file'] : [],
      promptTokensEstimate: promptTokens,
      maxOutputTokens: null,
    },
    defaults: [],
    fileInput: () => 'none',
    request: () => request,
    earlierAnnotations: () => [],
    ...more,
  };
}

async function activate(asked: Asked, more: Partial<PluginQuestion> = {}, ports: Partial<PluginPorts> = {}) {
  return activatePlugins(question(asked, more), { ...PORTS, ...ports });
}

const LONG = requestOf(
  Array.from({ length: 41 }, (_, at) => (at % 2 === 0 ? user('lorem '.repeat(200)) : assistant('ipsum '.repeat(200)))),
);
const LONG_ASKED: Asked = { request: LONG, promptTokens: 12_464 };
const file: FilePart = {
  type: 'file',
  source: {
    kind: 'data',
    mediaType: 'application/pdf',
    base64: Buffer.from(pdfOf(['Hello from page one'])).toString('base64'),
  },
};
const WITH_FILE: Asked = { request: requestOf([{ role: 'user', content: [file] }]), promptTokens: 804 };

describe('nothing asked for', () => {
  test('nothing is done, and nothing is looked at', () => {
    const untouched = () => {
      throw new Error('not to be asked');
    };
    const asked = question({}, { request: untouched, earlierAnnotations: untouched, fileInput: untouched });
    expect(activatePlugins(asked, PORTS)).toBeNull();
    const longer = activatePlugins({ ...asked, demand: { ...asked.demand, promptTokensEstimate: 5000 } }, PORTS);
    expect(longer).not.toBeInstanceOf(Promise);
    expect(longer).toMatchObject({ notes: [], stages: [], usage: {}, fitsContextUpTo: 8192 });
  });

  test('a short context is compressed for, a long one is not', async () => {
    const active = await activate(LONG_ASKED);
    expect(active?.mayEditRequest?.(endpointOf(8192))).toBe(true);
    expect(active?.editRequest?.(LONG, endpointOf(8192)).stages).toMatchObject([{ type: 'context_compression' }]);
    expect(active?.mayEditRequest?.(endpointOf(9000))).toBe(false);
    expect(active?.editRequest?.(LONG, endpointOf(9000)).value).toBe(LONG);
    expect(active?.editReply).toBeUndefined();
  });

  test('a file becomes text where an endpoint takes none', async () => {
    const active = await activate(WITH_FILE, {}, { pdfReader: createPdfReader() });
    expect(active?.readsFiles).toBe(true);
    const { value } = active?.editRequest?.(WITH_FILE.request ?? LONG, endpointOf(100_000)) ?? {};
    expect(value?.messages[0]?.content).toEqual([
      { type: 'text', text: '<file name="file">\nHello from page one\n</file>' },
    ]);
    expect(active?.addedPromptTokens).toBeGreaterThan(5);
  });

  test('no file is read where all endpoints take files', async () => {
    const active = await activate(WITH_FILE, { fileInput: () => 'all' });
    expect(active?.readsFiles).toBe(false);
  });
});

describe('context-compression', () => {
  test.each([
    ['by its plugin', { wishes: [wish({ id: 'context-compression' })] }, {}],
    ['by the older field', {}, { transforms: ['middle-out'] }],
    ['by the account', {}, { defaults: [{ id: 'context-compression', engine: 'middle-out' }] }],
  ] as const)('asked for %s, it fits every context', async (_, asked, more) => {
    const active = await activate({ ...LONG_ASKED, ...asked }, more);
    expect(active).toMatchObject({ fitsContextUpTo: Number.POSITIVE_INFINITY, notes: [] });
    expect(active?.editRequest?.(LONG, endpointOf(9000)).stages).toHaveLength(1);
  });

  test.each([
    ['by its plugin', { wishes: [wish({ id: 'context-compression', enabled: false })] }, {}],
    ['by the older field', {}, { transforms: [] }],
    [
      'by the request, whatever the account says',
      { wishes: [wish({ id: 'context-compression', enabled: false })] },
      { defaults: [{ id: 'context-compression' }] },
    ],
    [
      'by the plugin, whatever the older field says',
      { wishes: [wish({ id: 'context-compression', enabled: false })] },
      { transforms: ['middle-out'] },
    ],
  ] as const)('forbidden %s, it does nothing', async (_, asked, more) => {
    expect(await activate({ ...LONG_ASKED, ...asked }, more)).toBeNull();
  });

  test('counts what files and search add', async () => {
    const active = await activate({
      wishes: [wish({ id: 'web', search_prompt: 'x'.repeat(10_000) })],
      promptTokens: 5,
    });
    expect(active?.addedPromptTokens).toBeGreaterThan(2500);
    expect(active?.editRequest?.(requestOf([user('hi')]), endpointOf(2048)).stages).toMatchObject([
      { type: 'context_compression', data: { fits: true } },
    ]);
  });
});

describe('response-healing', () => {
  const wishes = [wish({ id: 'response-healing' })];
  const json = requestOf([user('hi')], { responseFormat: { type: 'json_object' } });

  test('heals whole replies to requests for JSON', async () => {
    const active = await activate({ wishes, request: json });
    expect(active?.notes).toEqual([]);
    expect(active?.editReply?.(responseOf(choiceOf("{'a': 1}"))).value.choices[0]?.content).toBe('{"a":1}');
    expect(active?.openStreamEdit).toBeUndefined();
  });

  test('says so where it cannot', async () => {
    const streamed = await activate({ wishes, request: { ...json, stream: true } });
    expect(streamed?.editReply).toBeUndefined();
    expect(streamed?.notes).toEqual([
      {
        code: 'parameter.dropped',
        field: 'plugins[0]',
        message: 'only whole replies are healed; this one is a stream',
      },
    ]);
    const prose = await activate({ wishes });
    expect(prose?.editReply).toBeUndefined();
    expect(prose?.notes).toMatchObject([{ message: 'the request asks for no JSON' }]);
  });

  test("the account's wish is no promise: nothing is said where it does not apply", async () => {
    const defaults = [{ id: 'response-healing' }, { id: 'context-compression', enabled: false }];
    expect(await activate({}, { defaults })).toBeNull();
    expect((await activate({ request: json }, { defaults }))?.editReply).toBeDefined();
  });
});

describe('web', () => {
  test.each([
    ['its plugin', { wishes: [wish({ id: 'web' })] }, {}],
    ['an :online model', {}, { isOnline: true }],
    ['the account', {}, { defaults: [{ id: 'web' }] }],
  ] as const)('asked for by %s: a search, and its citations', async (_, asked, more) => {
    const active = await activate(asked, more);
    expect(active).toMatchObject({ usage: { webSearches: 1 }, stages: [{ name: 'web' }], notes: [] });
    expect(active?.editRequest?.(requestOf([user('hello')]), endpointOf(100_000)).value.messages).toHaveLength(2);
    expect(active?.editReply?.(responseOf(choiceOf('x'))).value.choices[0]?.annotations).toHaveLength(1);
    const end = { type: 'choice-end', choice: 0, finishReason: 'stop', nativeFinishReason: 'stop' } as const;
    expect(active?.openStreamEdit?.().push(end)).toMatchObject([{ type: 'annotation-delta' }, end]);
  });

  test('the request can forbid what a model or the account asks for', async () => {
    const wishes = [wish({ id: 'web', enabled: false })];
    const active = await activate({ wishes, promptTokens: 500 }, { isOnline: true, defaults: [{ id: 'web' }] });
    expect(active).toMatchObject({ usage: {}, stages: [] });
  });

  test('is refused where no search is configured', async () => {
    await expect(activate({}, { isOnline: true }, { search: null })).rejects.toMatchObject({
      code: 'gateway.unsupported',
      message: expect.stringContaining('plugins.web.base_url'),
    });
  });

  test('a reply is mended before it is cited', async () => {
    const request = requestOf([user('hi')], { responseFormat: { type: 'json_object' } });
    const active = await activate({ wishes: [wish({ id: 'web' }), wish({ id: 'response-healing' })], request });
    const reply = active?.editReply?.(responseOf(choiceOf('Here: {"source": "https://example.com/rail",}')));
    const [choice] = reply?.value.choices ?? [];
    expect(choice?.content).toBe('{"source":"https://example.com/rail"}');
    expect(choice?.annotations).toMatchObject([{ url_citation: { start_index: 11, end_index: 35 } }]);
    expect(reply?.stages).toMatchObject([{ type: 'response_healing' }]);
  });
});

describe('file-parser', () => {
  const engine = (name: string) => ({ ...WITH_FILE, wishes: [wish({ id: 'file-parser', pdf: { engine: name } })] });
  const pdfReader = { read: async () => ({ kind: 'text', pages: ['text'] }) as const };

  test('native and disabled leave files to the endpoints', async () => {
    const disabled = { ...WITH_FILE, wishes: [wish({ id: 'file-parser', enabled: false })] };
    for (const asked of [engine('native'), disabled]) expect((await activate(asked))?.readsFiles).toBe(false);
  });

  test.each(['pdf-text', 'cloudflare-ai'])('%s sends text to everyone', async (name) => {
    const active = await activate(engine(name), { fileInput: () => 'all' }, { pdfReader });
    expect(active?.readsFiles).toBe(true);
    const native = endpointOf(100_000, { inputModalities: ['text', 'file'] });
    expect(active?.mayEditRequest?.(native)).toBe(true);
    expect(active?.notes.map(({ field }) => field)).toEqual(name === 'pdf-text' ? [] : ['plugins[0].pdf.engine']);
  });

  test('an engine that needs another service is refused', async () => {
    await expect(activate(engine('mistral-ocr'))).rejects.toMatchObject({
      code: 'gateway.unsupported',
      details: { field: 'plugins[0].pdf.engine' },
    });
  });

  test('earlier replies spare the reading', async () => {
    const first = await activate(engine('pdf-text'), {}, { pdfReader });
    const annotations = first?.editReply?.(responseOf(choiceOf('ok'))).value.choices[0]?.annotations ?? [];
    expect(annotations).toHaveLength(1);
    const second = await activate(engine('pdf-text'), { earlierAnnotations: () => annotations });
    expect(second?.readsFiles).toBe(true);
  });

  test('whoever waits no longer ends the reading', async () => {
    const controller = new AbortController();
    const waiting = activate(WITH_FILE, { signal: controller.signal }, { pdfReader: createPdfReader() }).catch(
      (thrown: unknown) => thrown,
    );
    controller.abort('gone');
    expect(await waiting).toBe('gone');
  });
});

describe('wishes', () => {
  test('what nobody fulfils is a note; what routing reads is none', async () => {
    const wishes = [
      wish({ id: 'fusion' }),
      wish({ id: 'no-such' }),
      wish({ id: 'moderation', enabled: false }),
      wish({ id: 'auto-router', cost_tier: 'low' }),
      wish({ id: 'pareto-router' }),
      wish({ id: 'web', engine: 'exa', user_location: null }),
      wish({ id: 'web' }),
    ];
    const active = await activate({ wishes }, { transforms: ['shout', 'middle-out'] });
    expect(active?.notes).toEqual([
      { code: 'parameter.dropped', field: 'plugins[6]', message: 'web was asked for before; the first counts' },
      { code: 'parameter.dropped', field: 'transforms[0]', message: 'no transform is called shout' },
      { code: 'parameter.dropped', field: 'plugins[0]', message: 'the plugin fusion is not available here' },
      { code: 'parameter.dropped', field: 'plugins[1]', message: 'no plugin is called no-such' },
      { code: 'parameter.dropped', field: 'plugins[5].engine', message: 'this plugin does not use it here' },
    ]);
    expect(active?.fitsContextUpTo).toBe(Number.POSITIVE_INFINITY);
  });

  test.each([
    [{ id: '' }, 'plugins[0].id'],
    [{ id: 'web', enabled: 'no' }, 'plugins[0].enabled'],
    [{ id: 'web', max_results: '5' }, 'plugins[0].max_results'],
    [{ id: 'web', max_results: 0 }, 'plugins[0].max_results'],
    [{ id: 'web', max_results: 26 }, 'plugins[0].max_results'],
    [{ id: 'web', max_results: 2.5 }, 'plugins[0].max_results'],
    [{ id: 'web', search_prompt: 5 }, 'plugins[0].search_prompt'],
    [{ id: 'web', include_domains: 'example.com' }, 'plugins[0].include_domains'],
    [{ id: 'web', exclude_domains: ['example.com', 5] }, 'plugins[0].exclude_domains'],
    [{ id: 'file-parser', pdf: 'native' }, 'plugins[0].pdf'],
    [{ id: 'file-parser', pdf: { engine: 'ocr' } }, 'plugins[0].pdf.engine'],
    [{ id: 'context-compression', engine: 'outside-in' }, 'plugins[0].engine'],
  ])('%j is refused with its path', async (options, field) => {
    await expect(activate({ wishes: [wish(options)] })).rejects.toMatchObject({
      code: 'client.invalid_request',
      details: { field },
    });
  });

  test.each(['middle-out', { 0: 'middle-out' }])('transforms: %j is refused', async (transforms) => {
    await expect(activate({}, { transforms })).rejects.toMatchObject({ details: { field: 'transforms' } });
    await expect(activate({}, { transforms: [transforms, 5] })).rejects.toMatchObject({
      code: 'client.invalid_request',
    });
  });

  test("the account's mistake is not the caller's", async () => {
    await expect(activate({}, { defaults: [{ id: 'web', max_results: 99 }] })).rejects.toMatchObject({
      code: 'gateway.unsupported',
      message: 'plugins.defaults[0].max_results in the configuration must be a whole number from 1 to 25.',
    });
  });
});
