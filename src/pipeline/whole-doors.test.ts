import { describe, expect, test } from 'bun:test';
import { loadSettings } from '../config/load.ts';
import type { WholeKind } from '../core/exchange-kind.ts';
import type { UpstreamDialect } from '../dialects/dialect.ts';
import { openAiChat } from '../dialects/openai-chat/index.ts';
import type { ProviderDefinition } from '../providers/provider.ts';
import { providerById, providers } from '../providers/registry.gen.ts';
import { toProviderFaces } from './live-provider.ts';
import type { LiveProvider } from './target.ts';

const IDS = [...new Set(providers.map(({ dialect }) => dialect)), 'ollama'];
/** What a provider is asked does not depend on what its grammar of conversations says. */
const dialects = new Map(IDS.map((id): [string, UpstreamDialect] => [id, { ...openAiChat, id }]));

function providerOf(entry: string, definition?: ProviderDefinition): LiveProvider {
  const outcome = loadSettings({
    file: 'box.yaml',
    text: `providers: { ${entry} }`,
    env: {},
    flags: {},
    knownProviders: providers,
    builtDialects: IDS,
    readText: () => '',
  });
  const [settings] = outcome.ok ? outcome.settings.providers : [];
  if (!settings) throw new Error(JSON.stringify(outcome));
  return toProviderFaces(settings, definition ?? providerById.get(settings.id), { dialects }).usual;
}

const KINDS: readonly WholeKind[] = ['embeddings', 'rerank', 'moderation'];
const grammarsOf = ({ whole }: LiveProvider) => KINDS.map((kind) => whole[kind]?.dialect.id ?? null);

describe('which grammar a provider is asked in', () => {
  test.each<[string, readonly (string | null)[]]>([
    ['openai: { api_key: k }', ['openai', null, 'openai']],
    ['groq: { api_key: k }', ['openai', null, null]],
    ['mistral: { api_key: k }', ['openai', null, 'mistral']],
    ['cohere: { api_key: k }', ['cohere', 'cohere', null]],
    ['google-ai-studio: { api_key: k }', ['gemini', null, null]],
    ['google-vertex: { api_key: k }', ['vertex', null, null]],
    ['voyageai: { api_key: k, models: [m] }', ['openai', 'jina', null]],
    ['anthropic: { api_key: k }', [null, null, null]],
    ['sim: {}', ['openai', 'jina', 'openai']],
    // Hosts that nobody described: what vLLM, llama.cpp and their kin have.
    [
      'lab: { dialect: openai-chat, base_url: "http://h/v1", api_key: none, models: [m] }',
      ['openai', 'jina', 'openai'],
    ],
    ['lab: { dialect: gemini, base_url: "http://h", api_key: none, models: [m] }', ['gemini', null, null]],
    ['lab: { dialect: ollama, base_url: "http://h", api_key: none, models: [m] }', ['ollama', null, null]],
    ['lab: { dialect: anthropic-messages, base_url: "http://h", api_key: none, models: [m] }', [null, null, null]],
    // In another dialect than its own.
    ['mistral: { dialect: gemini, base_url: "http://h", api_key: k }', ['gemini', null, null]],
  ])('%s', (entry, grammars) => {
    expect(grammarsOf(providerOf(entry))).toEqual([...grammars]);
  });

  test('providers of vectors hold no conversations', () => {
    expect(providerOf('voyageai: { api_key: k, models: [m] }').chats).toBe(false);
    expect(providerOf('openai: { api_key: k }').chats).toBe(true);
  });

  test('every provider file names grammars that exist', () => {
    for (const { id, kinds, dialect } of providers) {
      if (!kinds) continue;
      const definition = providerById.get(id);
      expect(() =>
        providerOf(`lab: { dialect: ${dialect}, base_url: "http://h", api_key: k, models: [m] }`, definition),
      ).not.toThrow();
    }
    const openai = providerById.get('openai');
    if (!openai) throw new Error('no openai');
    const wrong = { ...openai, kinds: { rerank: 'nobody' } };
    expect(() => providerOf('openai: { api_key: k }', wrong)).toThrow('there is no rerank grammar "nobody"');
    const none = { ...openai, kinds: { embeddings: false } } as const;
    expect(grammarsOf(providerOf('openai: { api_key: k }', none))).toEqual([null, null, null]);
  });
});

describe('where and how', () => {
  test('at the provider’s address, or at one of its own', () => {
    const perplexity = providerOf('perplexity: { api_key: k }');
    expect([perplexity.baseUrl, perplexity.whole.embeddings?.provider.baseUrl]).toEqual([
      'https://api.perplexity.ai',
      'https://api.perplexity.ai/v1',
    ]);
    expect(providerOf('openai: { api_key: k }').whole.embeddings?.provider.baseUrl).toBe('https://api.openai.com/v1');
    const elsewhere = providerOf('perplexity: { api_key: k, base_url: "http://127.0.0.1:1" }');
    expect(elsewhere.whole.embeddings?.provider.baseUrl).toBe('http://127.0.0.1:1/v1');
  });

  test('with the same key', () => {
    const provider = providerOf('mistral: { api_key: k }');
    expect(provider.whole.embeddings?.provider.credentials).toBe(provider.credentials);
  });

  test('without the oddities of its conversations', () => {
    const mistral = providerOf('mistral: { api_key: k }');
    expect(mistral.host.quirks.renames).toEqual({ seed: 'random_seed' });
    expect(mistral.whole.embeddings?.provider.host.quirks).toEqual({
      renames: { dimensions: 'output_dimension' },
      rejects: ['user', 'input_type', 'encoding_format'],
      refusesUnknownFields: true,
    });
    const { gatewayFields } = providerOf('openrouter: { api_key: k }').host.quirks;
    expect(gatewayFields).toContain('provider');
    expect(providerOf('openrouter: { api_key: k }').whole.rerank?.provider.host.quirks).toEqual({
      documentObjects: true,
      ...(gatewayFields && { gatewayFields }),
    });
  });
});
