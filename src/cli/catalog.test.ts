import { describe, expect, test } from 'bun:test';
import { builtInRows, layRows, loadCatalog, moreRows } from '../catalog/load.ts';
import { parseCatalogRows } from '../catalog/rows.ts';
import { type CatalogCommandIo, catalogCommand } from './catalog.ts';

const MODELS_DEV = {
  openai: {
    models: {
      'gpt-4o': {
        id: 'gpt-4o',
        name: 'GPT-4o',
        release_date: '2024-05-13',
        last_updated: '2026-11-02',
        tool_call: true,
        structured_output: true,
        temperature: true,
        modalities: { input: ['text', 'image'], output: ['text'] },
        limit: { context: 128000, output: 16384 },
        cost: { input: 5, output: 10 },
      },
      'gpt-99': {
        id: 'gpt-99',
        name: 'GPT-99',
        release_date: '2026-11-01',
        modalities: { input: ['text'], output: ['text'] },
        limit: { context: 1000 },
        cost: { input: 1, output: 2 },
      },
    },
  },
};

/** A terminal and a disk in memory. */
function fakeIo(files: Record<string, string>, answer = 'no') {
  const written: string[] = [];
  const asked: string[] = [];
  const io: CatalogCommandIo = {
    write: (text) => void written.push(text),
    readLine: async (prompt) => {
      asked.push(prompt);
      return answer;
    },
    fetchJson: async (url) => {
      const text = files[url];
      if (text === undefined) throw new Error(`${url} answered 503`);
      return JSON.parse(text);
    },
    readFile: async (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
      return text;
    },
    writeFile: async (path, text) => {
      files[path] = text;
    },
    dataDirectory: '/d',
    sourceUrl: 'https://models.example/api.json',
    now: () => Date.parse('2026-11-21T10:00:00Z'),
  };
  return { io, asked, files, said: () => written.join('') };
}
const online = () => ({ 'https://models.example/api.json': JSON.stringify(MODELS_DEV) });

describe('catalog show', () => {
  test('says source, date and counts', async () => {
    const { io, said } = fakeIo({});
    expect(await catalogCommand(['show'], io)).toBe(0);
    const { source, models, endpoints } = builtInRows();
    expect(said()).toContain(`Prices in force: models.dev of ${source.date}, built in.`);
    expect(said()).toContain(`${models.length} models`);
    expect(said()).toContain(`${endpoints.length} endpoints`);
  });

  test('a stored file that cannot be used is named', async () => {
    const { io, said } = fakeIo({ '/d/catalog.json': '{"source":1}' });
    expect(await catalogCommand(['show'], io)).toBe(1);
    expect(said()).toContain('/d/catalog.json cannot be used');
  });
});

describe('catalog refresh', () => {
  test('shows the difference, asks, and does nothing on anything but yes', async () => {
    const { io, said, asked, files } = fakeIo(online(), '');
    expect(await catalogCommand(['refresh'], io)).toBe(0);
    expect(asked).toEqual(['Apply? [y/N] ']);
    expect(said()).toContain('+ model openai/gpt-99');
    expect(said()).toContain('- openai|openai/gpt-5');
    expect(said()).toMatch(/~ openai\|openai\/gpt-4o: .*price\.prompt 0\.0000025 → 0\.000005 \(\+100\.0 %\)/);
    expect(said()).toContain('Nothing was changed.');
    expect(files['/d/catalog.json']).toBeUndefined();
  });

  test('applies on yes; the stored rows are the prices in force from then on', async () => {
    const files = online();
    expect(await catalogCommand(['refresh'], fakeIo(files, 'y').io)).toBe(0);
    const stored = parseCatalogRows(JSON.parse(fakeIo(files).files['/d/catalog.json'] ?? ''));
    const catalog = loadCatalog(stored);
    const openai = (catalog.endpointsByModel.get('openai/gpt-4o') ?? []).find((each) => each.providerId === 'openai');
    expect(openai?.pricing.prompt).toBe(5_000_000n);
    expect(catalog.models.has('openai/gpt-99')).toBe(true);
    const laid = layRows(builtInRows(), stored).endpoints.length;
    expect(catalog.endpoints.length).toBe(laid + moreRows().endpoints.length);
    const shown = fakeIo(files);
    await catalogCommand(['show'], shown.io);
    expect(shown.said()).toContain('models.dev of 2026-11-21, refreshed over models.dev of');
    const again = fakeIo(files);
    expect(await catalogCommand(['refresh', '--yes'], again.io)).toBe(0);
    expect(again.said()).toContain('Nothing changes.');
  });

  test('--yes asks nothing; --from takes a file, whose newest date counts', async () => {
    const { io, asked, files } = fakeIo({ 'facts.json': JSON.stringify(MODELS_DEV) });
    expect(await catalogCommand(['refresh', '--from', 'facts.json', '--yes'], io)).toBe(0);
    expect(asked).toEqual([]);
    expect(parseCatalogRows(JSON.parse(files['/d/catalog.json'] ?? '')).source.date).toBe('2026-11-02');
  });

  test('an OpenRouter list refreshes OpenRouter’s endpoints alone', async () => {
    const list = {
      data: [
        {
          id: 'openai/gpt-4o',
          name: 'OpenAI: GPT-4o',
          created: 1_715_558_400,
          context_length: 128000,
          architecture: { input_modalities: ['text'], output_modalities: ['text'] },
          pricing: { prompt: '0.000009', completion: '0.00001' },
          supported_parameters: ['tools', 'temperature'],
        },
      ],
    };
    const { io, files } = fakeIo({ 'https://openrouter.example/api/v1/models': JSON.stringify(list) });
    expect(await catalogCommand(['refresh', '--yes', '--from', 'https://openrouter.example/api/v1/models'], io)).toBe(
      0,
    );
    const catalog = loadCatalog(parseCatalogRows(JSON.parse(files['/d/catalog.json'] ?? '')));
    const prices = new Map(
      (catalog.endpointsByModel.get('openai/gpt-4o') ?? []).map((each) => [each.tag, each.pricing.prompt]),
    );
    expect(prices.get('openrouter')).toBe(9_000_000n);
    expect(prices.get('openai')).toBe(2_500_000n);
  });

  test('a second source keeps what the first one brought, with its date', async () => {
    const files: Record<string, string> = {
      ...online(),
      'list.json': JSON.stringify({
        data: [
          {
            id: 'lab/new',
            name: 'Lab: New',
            created: 1_715_558_400,
            context_length: 1000,
            architecture: { input_modalities: ['text'], output_modalities: ['text'] },
            pricing: { prompt: '0.000009', completion: '0.00001' },
            supported_parameters: [],
          },
        ],
      }),
    };
    await catalogCommand(['refresh', '--yes'], fakeIo(files).io);
    const later = { ...fakeIo(files).io, now: () => Date.parse('2026-11-22T10:00:00Z') };
    expect(await catalogCommand(['refresh', '--yes', '--from', 'list.json'], later)).toBe(0);
    const catalog = loadCatalog(parseCatalogRows(JSON.parse(files['/d/catalog.json'] ?? '')));
    expect(catalog.models.get('lab/new')?.source).toEqual({ name: 'OpenRouter /models', date: '2026-11-22' });
    expect(catalog.models.get('openai/gpt-99')?.source).toEqual({ name: 'models.dev', date: '2026-11-21' });
    expect(catalog.models.get('anthropic/claude-opus-5')?.source.date).toBe(builtInRows().source.date);
  });

  test('a source that fails or is something else changes nothing and says why', async () => {
    const offline = fakeIo({});
    expect(await catalogCommand(['refresh'], offline.io)).toBe(1);
    expect(offline.said()).toContain('https://models.example/api.json answered 503');
    const strange = fakeIo({ 'x.json': '{}' });
    expect(await catalogCommand(['refresh', '--from', 'x.json'], strange.io)).toBe(1);
    expect(strange.said()).toContain('x.json has no offer that the catalogue can use');
    const broken = fakeIo({ 'x.json': '<html>' });
    expect(await catalogCommand(['refresh', '--from', 'x.json'], broken.io)).toBe(1);
  });

  test('what is not understood is told with the usage', async () => {
    for (const args of [[], ['reload'], ['refresh', '--force'], ['show', '--yes'], ['show', 'more']]) {
      const { io, said } = fakeIo({});
      expect(await catalogCommand(args, io)).toBe(2);
      expect(said()).toContain('usage: signalbox catalog');
    }
  });
});
