import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { GatewayError } from '../../core/errors.ts';
import { openFold, unfold } from '../../core/fold.ts';
import type { Json } from '../../core/json.ts';
import { assistant, choiceOf, endpointOf, requestOf, responseOf, result, says, user } from '../samples.fixture.ts';
import { prepareWeb, type WebOptions } from './effect.ts';
import { createJsonSearch, type GetJsonRequest } from './json-search.ts';
import { searchQuery } from './query.ts';
import { type SearchBackend, type SearchResult, selectResults } from './search.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 23, 59);
const OPTIONS: WebOptions = {
  maxResults: 5,
  searchPrompt: null,
  includeDomains: [],
  excludeDomains: [],
  field: 'plugins[0]',
  isRequired: true,
};
const RESULTS: readonly SearchResult[] = [
  { url: 'https://www.example.com/rail', title: 'Signal\nboxes', content: 'They set points.' },
  { url: 'https://example.org/a', title: 'Another', content: '' },
];

function backend(results: readonly SearchResult[] = RESULTS) {
  const queries: string[] = [];
  const search: SearchBackend = {
    search: async (query) => {
      queries.push(query);
      return results;
    },
  };
  return { search, queries };
}

function prepare(more: Partial<WebOptions> = {}, search: SearchBackend | null = backend().search) {
  const request = requestOf([says('system', 'rules'), user('old'), assistant('yes'), user('what is new?')]);
  return prepareWeb(request, { ...OPTIONS, ...more }, { search, nowMs: NOW_MS });
}

describe('prepareWeb', () => {
  test('puts the results before the last user message', async () => {
    const { search, queries } = backend();
    const request = requestOf([
      user('old'),
      assistant('yes'),
      user('what is\nnew?'),
      assistant('', ['c']),
      result('c', 'r'),
    ]);
    const { effect, stages, usage, notes, addedPromptTokens } = await prepareWeb(request, OPTIONS, {
      search,
      nowMs: NOW_MS,
    });
    expect(queries).toEqual(['what is new?']);
    const edited = effect.editRequest?.(request, endpointOf(8192)).value;
    expect(edited?.messages.toSpliced(2, 1)).toEqual([...request.messages]);
    const text = `A web search was conducted on 2026-11-21. Incorporate the following web search results into your response.

IMPORTANT: Cite them using markdown links named using the domain of the source.
Example: [nytimes.com](https://nytimes.com/some-page).

Title: Signal boxes
Source: [example.com](https://www.example.com/rail)
Content: They set points.

Title: Another
Source: [example.org](https://example.org/a)`;
    expect(edited?.messages[2]).toEqual({ role: 'system', content: [{ type: 'text', text }] });
    expect(stages).toEqual([
      { type: 'plugin', name: 'web', summary: 'A web search gave 2 results.', data: { results: 2 } },
    ]);
    expect(usage).toEqual({ webSearches: 1 });
    expect(notes).toEqual([]);
    expect(addedPromptTokens).toBe(Math.ceil(text.length / 4));
  });

  test("the caller's own prompt introduces the results", async () => {
    const { effect } = await prepare({ searchPrompt: 'Some results:' });
    const told = effect.editRequest?.(requestOf([user('q')]), endpointOf(8192)).value.messages[0];
    expect(JSON.stringify(told)).toContain('Some results:\\n\\nTitle: Signal boxes');
    expect(JSON.stringify(told)).not.toContain('was conducted');
  });

  test('cites the sources where the reply links them', async () => {
    const { effect } = await prepare();
    const reply = 'Points are set [example.com](https://www.example.com/rail), and https://example.org/abc is another.';
    const edited = effect.editReply?.(responseOf(choiceOf(reply, { annotations: [{ type: 'native' }] }))).value;
    expect(edited?.choices[0]?.annotations).toEqual([
      { type: 'native' },
      {
        type: 'url_citation',
        url_citation: {
          url: 'https://www.example.com/rail',
          title: 'Signal\nboxes',
          content: 'They set points.',
          start_index: 15,
          end_index: 58,
        },
      },
      {
        type: 'url_citation',
        url_citation: { url: 'https://example.org/a', title: 'Another', start_index: 0, end_index: 0 },
      },
    ]);
    expect(reply.slice(15, 58)).toBe('[example.com](https://www.example.com/rail)');
  });

  test('a plain address is a citation too', async () => {
    const { effect } = await prepare();
    const edited = effect.editReply?.(responseOf(choiceOf('See https://example.org/a.'))).value;
    expect(edited?.choices[0]?.annotations[1]).toMatchObject({ url_citation: { start_index: 4, end_index: 25 } });
  });

  test('no result, no message', async () => {
    const { effect, usage, stages } = await prepare({}, backend([]).search);
    expect(effect).toEqual({});
    expect(usage).toEqual({ webSearches: 1 });
    expect(stages).toMatchObject([{ summary: 'A web search gave 0 results.' }]);
  });

  test('nothing is searched where the user said nothing in words', async () => {
    const { search, queries } = backend();
    const image = { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } } as const;
    const request = requestOf([{ role: 'user', content: [image] }]);
    const { usage, notes } = await prepareWeb(request, OPTIONS, { search, nowMs: NOW_MS });
    expect(queries).toEqual([]);
    expect(usage).toEqual({});
    expect(notes).toMatchObject([{ code: 'parameter.dropped', field: 'plugins[0]' }]);
  });

  test('is refused where no search is configured', async () => {
    await expect(prepare({}, null)).rejects.toMatchObject({
      code: 'gateway.unsupported',
      message: expect.stringContaining('Set plugins.web.base_url in the configuration'),
      details: { field: 'plugins[0]' },
    });
  });

  test('a search that fails fails who asked for it; who did not is told', async () => {
    const failing: SearchBackend = {
      search: () => Promise.reject(new GatewayError('gateway.unavailable', 'The web search failed: no.')),
    };
    await expect(prepare({}, failing)).rejects.toMatchObject({ code: 'gateway.unavailable' });
    const { effect, notes } = await prepare({ isRequired: false }, failing);
    expect(effect).toEqual({});
    expect(notes).toMatchObject([{ message: 'no web search was made: the search failed: The web search failed: no.' }]);
  });

  test('citations of a stream are those of the whole reply', async () => {
    const { effect } = await prepare();
    const words = fc.constantFrom(
      'Rail ',
      '[example.com](https://www.example.com/rail)',
      ' https://example.org/a',
      '.',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 6 }), fc.nat(20), (said, cutAt) => {
        const text = said.join('');
        const whole = responseOf(choiceOf(text), choiceOf(`${text}!`, { index: 1 }));
        const edit = effect.openStreamEdit?.();
        const fold = openFold();
        for (const event of unfold(whole)) {
          const pieces =
            event.type === 'text-delta'
              ? [event.text.slice(0, cutAt), event.text.slice(cutAt)].map((piece) => ({ ...event, text: piece }))
              : [event];
          for (const piece of pieces) for (const edited of edit?.push(piece) ?? []) fold.push(edited);
        }
        const annotated = effect.editReply?.(whole).value;
        expect(fold.response().choices.map(({ annotations }) => annotations)).toEqual(
          annotated?.choices.map(({ annotations }) => annotations) ?? [],
        );
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});

describe('searchQuery', () => {
  test.each([
    ['the last user message in one line', 'how  do\n points\twork?', 'how do points work?'],
    ['the question behind pasted text', `${'log line\n'.repeat(60)}why does it fail?\n`, 'why does it fail?'],
    ['the question before pasted text', `why does it fail?\n${'log line\n'.repeat(60)}`, 'why does it fail?'],
    ['the beginning of a text without question', 'word '.repeat(100), 'word '.repeat(80).trim()],
    ['the beginning of one long word', '😀'.repeat(300), '😀'.repeat(200)],
  ])('is %s', (_, text, query) => {
    expect(searchQuery([user('before'), assistant('no'), user(text), assistant('after')])).toBe(query);
  });

  test('is never longer than 400 characters', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000, unit: 'grapheme' }), (text) => {
        const query = searchQuery([user(text)]);
        expect(query.length).toBeLessThanOrEqual(400);
        expect(query).toBe(query.trim());
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

describe('selectResults', () => {
  const urls = [
    'https://example.com/blog/1',
    'https://example.com/shop',
    'https://docs.example.com/',
    'https://notexample.com/',
    'ftp://example.com/',
    'nonsense',
    'https://example.com/shop',
  ];
  const select = (include: readonly string[], exclude: readonly string[], maxResults = 10) =>
    selectResults(
      urls.map((url) => ({ url, title: '', content: '' })),
      { maxResults, includeDomains: include, excludeDomains: exclude },
    ).map(({ url }) => url);

  test('takes each web page once, at most as many as wanted', () => {
    expect(select([], [])).toEqual(urls.slice(0, 4));
    expect(select([], [], 2)).toEqual(urls.slice(0, 2));
  });

  test('holds to the domains', () => {
    expect(select(['example.com'], [])).toEqual(urls.slice(0, 3));
    expect(select(['*.example.com'], ['docs.example.com'])).toEqual(urls.slice(0, 2));
    expect(select(['https://EXAMPLE.com/blog'], [])).toEqual(urls.slice(0, 1));
    expect(select([], ['example.com/shop', 'docs.example.com'])).toEqual([urls[0] ?? '', urls[3] ?? '']);
  });
});

describe('createJsonSearch', () => {
  const settings = { baseUrl: 'https://search.example/x/', headers: { authorization: 'Bearer s' }, timeoutMs: 900 };
  const options = { maxResults: 5, includeDomains: [], excludeDomains: [] };

  function searching(answer: Json) {
    const asked: GetJsonRequest[] = [];
    const search = createJsonSearch(settings, async (request) => {
      asked.push(request);
      return answer;
    });
    return { search, asked };
  }

  test('asks for JSON and reads the results', async () => {
    const { search, asked } = searching({
      query: 'a b',
      results: [
        { url: 'https://a.example/', title: 'A', content: 'text', engine: 'x', score: 1 },
        { url: 'https://b.example/', title: '', content: null },
        { title: 'no address' },
        'nonsense',
      ],
    });
    expect(await search.search('a b&c', options)).toEqual([
      { url: 'https://a.example/', title: 'A', content: 'text' },
      { url: 'https://b.example/', title: 'https://b.example/', content: '' },
    ]);
    expect(asked).toMatchObject([
      {
        url: 'https://search.example/x/search?q=a+b%26c&format=json',
        headers: { accept: 'application/json', authorization: 'Bearer s' },
        timeoutMs: 900,
      },
    ]);
  });

  test('says one domain to the engines', async () => {
    const { search, asked } = searching({ results: [] });
    await search.search('q', { ...options, includeDomains: ['*.example.com'] });
    await search.search('q', { ...options, includeDomains: ['a.example', 'b.example'] });
    expect(asked.map(({ url }) => new URL(url).searchParams.get('q'))).toEqual(['q site:example.com', 'q']);
  });

  test('another answer is a failure that names the setting', async () => {
    await expect(searching({ error: 'no' }).search.search('q', options)).rejects.toThrow(
      'The web search failed: its answer has no "results". Its address is plugins.web.base_url in the configuration; it must offer the format json.',
    );
    const refused = createJsonSearch(settings, () =>
      Promise.reject(new GatewayError('gateway.unavailable', 'https://search.example answered 403.')),
    );
    await expect(refused.search('q', options)).rejects.toMatchObject({
      code: 'gateway.unavailable',
      message: expect.stringContaining('The web search failed: https://search.example answered 403. Its address'),
    });
  });
});
