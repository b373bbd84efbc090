import { describe, expect, test } from 'bun:test';
import { addressOf, placeholdersOf, resolveBaseUrl, urlOf } from './base-url.ts';
import type { ProviderDefinition } from './provider.ts';
import { providerById, providers } from './registry.gen.ts';

function known(id: string): ProviderDefinition {
  const definition = providerById.get(id);
  if (!definition) throw new Error(`no provider ${id}`);
  return definition;
}

describe('an override of a known provider', () => {
  const rows: readonly (readonly [provider: string, override: string, expected: string])[] = [
    // The four spellings of the issue, and two of copied operation paths.
    ['openrouter', 'https://openrouter.ai/api', 'https://openrouter.ai/api/v1'],
    ['openrouter', 'https://openrouter.ai/api/', 'https://openrouter.ai/api/v1'],
    ['openrouter', 'https://openrouter.ai/api/v1', 'https://openrouter.ai/api/v1'],
    ['openrouter', 'https://openrouter.ai/api/v1/', 'https://openrouter.ai/api/v1'],
    ['openrouter', 'https://openrouter.ai/api/v1/chat/completions', 'https://openrouter.ai/api/v1'],
    ['openrouter', 'https://openrouter.ai/api/v1/models', 'https://openrouter.ai/api/v1'],
    // The prefix before the version forgotten, on the provider's own host.
    ['openrouter', 'https://openrouter.ai', 'https://openrouter.ai/api/v1'],
    ['openrouter', 'https://openrouter.ai/v1/', 'https://openrouter.ai/api/v1'],
    ['groq', 'https://api.groq.com', 'https://api.groq.com/openai/v1'],
    ['groq', 'https://api.groq.com/openai', 'https://api.groq.com/openai/v1'],
    ['groq', 'https://api.groq.com/v1', 'https://api.groq.com/openai/v1'],
    ['fireworks', 'https://api.fireworks.ai/inference/', 'https://api.fireworks.ai/inference/v1'],
    ['deepinfra', 'https://api.deepinfra.com/v1', 'https://api.deepinfra.com/v1/openai'],
    ['z-ai', 'https://api.z.ai', 'https://api.z.ai/api/paas/v4'],
    ['z-ai', 'https://api.z.ai/api/coding/paas', 'https://api.z.ai/api/coding/paas/v4'],
    ['z-ai', 'https://api.z.ai/api/coding/paas/v4', 'https://api.z.ai/api/coding/paas/v4'],
    ['z-ai', 'https://open.bigmodel.cn', 'https://open.bigmodel.cn/api/paas/v4'],
    ['alibaba', 'https://dashscope.aliyuncs.com', 'https://dashscope.aliyuncs.com/compatible-mode/v1'],
    // A host without a version of its own.
    ['deepseek', 'https://api.deepseek.com/', 'https://api.deepseek.com'],
    ['deepseek', 'https://api.deepseek.com/v1', 'https://api.deepseek.com/v1'],
    ['deepseek', 'https://api.deepseek.com/beta', 'https://api.deepseek.com/beta'],
    ['deepseek', 'https://api.deepseek.com/chat/completions', 'https://api.deepseek.com'],
    ['cohere', 'https://api.cohere.com', 'https://api.cohere.com/v2'],
    ['cohere', 'https://api.cohere.com/v2/chat', 'https://api.cohere.com/v2'],
    ['perplexity', 'https://api.perplexity.ai', 'https://api.perplexity.ai'],
    [
      'amazon-bedrock',
      'https://bedrock-runtime.us-east-1.amazonaws.com/model/us.amazon.nova-lite-v1%3A0/converse-stream',
      'https://bedrock-runtime.us-east-1.amazonaws.com',
    ],
    ['amazon-bedrock', 'http://127.0.0.1:9900/bedrock/v1', 'http://127.0.0.1:9900/bedrock/v1'],
    // Other grammars.
    ['anthropic', 'https://api.anthropic.com', 'https://api.anthropic.com/v1'],
    ['anthropic', 'https://api.anthropic.com/v1/messages', 'https://api.anthropic.com/v1'],
    ['anthropic', 'https://api.anthropic.com/v1/messages/count_tokens', 'https://api.anthropic.com/v1'],
    [
      'google-ai-studio',
      'https://generativelanguage.googleapis.com',
      'https://generativelanguage.googleapis.com/v1beta',
    ],
    [
      'google-ai-studio',
      'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:streamGenerateContent',
      'https://generativelanguage.googleapis.com/v1beta',
    ],
    ['google-vertex', 'https://aiplatform.googleapis.com/v1', 'https://aiplatform.googleapis.com/v1/publishers/google'],
    // Hosts with a placeholder.
    ['azure', 'https://lab.openai.azure.com', 'https://lab.openai.azure.com/openai/v1'],
    ['azure', 'https://lab.services.ai.azure.com/', 'https://lab.services.ai.azure.com/openai/v1'],
    [
      'cloudflare',
      'https://api.cloudflare.com/client/v4/accounts/abc/ai',
      'https://api.cloudflare.com/client/v4/accounts/abc/ai/v1',
    ],
    // Another host: its own path is respected.
    ['google-ai-studio', 'http://127.0.0.1:9900/google/v1', 'http://127.0.0.1:9900/google/v1'],
    ['openai', 'http://127.0.0.1:9900', 'http://127.0.0.1:9900/v1'],
    ['openai', 'http://127.0.0.1:9900/v1/chat/completions/', 'http://127.0.0.1:9900/v1'],
    ['openrouter', 'http://localhost:8484/api/v1', 'http://localhost:8484/api/v1'],
    ['openrouter', 'http://localhost:8484/api/', 'http://localhost:8484/api/v1'],
    ['z-ai', 'http://proxy.internal/zai', 'http://proxy.internal/zai/v4'],
    ['deepseek', 'http://proxy.internal/deepseek/', 'http://proxy.internal/deepseek'],
    ['google-ai-studio', 'http://proxy.internal', 'http://proxy.internal/v1beta'],
    ['openai', 'http://not-openai.azure.example/v1', 'http://not-openai.azure.example/v1'],
    ['openai', 'https://api.openai.com.evil.example', 'https://api.openai.com.evil.example/v1'],
  ];
  test.each(rows)('%s with %s', (provider, override, expected) => {
    expect(resolveBaseUrl(known(provider), override)).toBe(expected);
  });
});

describe('an operator’s own host', () => {
  const rows: readonly (readonly [dialect: string, override: string, expected: string])[] = [
    ['openai-chat', 'http://127.0.0.1:8000', 'http://127.0.0.1:8000/v1'],
    ['openai-chat', 'http://127.0.0.1:8000/', 'http://127.0.0.1:8000/v1'],
    ['openai-chat', 'http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000/v1'],
    ['openai-chat', 'http://127.0.0.1:8000/v1/', 'http://127.0.0.1:8000/v1'],
    ['openai-chat', 'http://127.0.0.1:8000/v1/chat/completions', 'http://127.0.0.1:8000/v1'],
    ['openai-chat', 'http://lab/proxy/api/v3/', 'http://lab/proxy/api/v3'],
    ['anthropic-messages', 'http://lab/anthropic', 'http://lab/anthropic/v1'],
    ['anthropic-messages', 'http://lab/v1/messages', 'http://lab/v1'],
    ['gemini', 'http://lab', 'http://lab/v1beta'],
    ['gemini', 'http://lab/v1beta/models', 'http://lab/v1beta'],
    ['gemini', 'http://lab/v1beta1', 'http://lab/v1beta1'],
    ['cohere', 'http://lab', 'http://lab/v2'],
    ['cohere', 'http://lab/v2/chat', 'http://lab/v2'],
    ['ollama', 'http://localhost:11434', 'http://localhost:11434'],
    ['ollama', 'http://localhost:11434/', 'http://localhost:11434'],
    ['ollama', 'http://localhost:11434/api', 'http://localhost:11434'],
    ['ollama', 'http://localhost:11434/api/chat', 'http://localhost:11434'],
    ['ollama', 'http://localhost:11434/v1', 'http://localhost:11434'],
    ['ollama', 'http://localhost:11434/v1/chat/completions', 'http://localhost:11434'],
    ['ollama', 'http://lab/ollama', 'http://lab/ollama'],
    ['openai-completions', 'http://lab', 'http://lab/v1'],
    ['openai-completions', 'http://lab/v1/completions', 'http://lab/v1'],
    // A word that is another grammar's operation is part of the address.
    ['openai-chat', 'http://lab/v1/chat', 'http://lab/v1/chat'],
  ];
  test.each(rows)('%s at %s', (dialect, override, expected) => {
    expect(resolveBaseUrl({ dialect }, override)).toBe(expected);
  });
});

describe('a configured provider', () => {
  const rows: readonly (readonly [
    id: string | null,
    baseUrl: string | null,
    dialect: string | null,
    expected: string,
  ])[] = [
    ['openai', null, null, 'https://api.openai.com/v1'],
    ['openai', 'http://127.0.0.1:1', null, 'http://127.0.0.1:1/v1'],
    // Another door of a known host is completed as its grammar wants it, not as the usual door is.
    ['deepseek', 'https://api.deepseek.com/anthropic', 'anthropic-messages', 'https://api.deepseek.com/anthropic/v1'],
    ['z-ai', 'https://api.z.ai/api/anthropic', 'anthropic-messages', 'https://api.z.ai/api/anthropic/v1'],
    ['ollama', 'http://localhost:11434', null, 'http://localhost:11434/v1'],
    ['ollama', 'http://localhost:11434', 'ollama', 'http://localhost:11434'],
    [null, 'http://lab', 'openai-chat', 'http://lab/v1'],
    ['sim', null, 'gemini', 'sim://local/v1'],
    [null, 'sim://lab/v1', 'anthropic-messages', 'sim://lab/v1'],
  ];
  test.each(rows)('%s at %s speaking %s', (id, baseUrl, dialect, expected) => {
    expect(addressOf(id === null ? null : known(id), { baseUrl, dialect })).toBe(expected);
  });
});

describe('an address with a query, or with the model in it', () => {
  const version = '?api-version=2024-10-21';
  const classic = 'https://lab.openai.azure.com/openai/deployments/gpt-4o';
  test.each([
    [classic + version, classic + version],
    [`${classic}/chat/completions${version}`, classic + version],
    ['https://lab.openai.azure.com/?api-version=preview', 'https://lab.openai.azure.com/openai/v1?api-version=preview'],
    [
      `https://lab.openai.azure.com/openai/deployments/{model}${version}`,
      `https://lab.openai.azure.com/openai/deployments/{model}${version}`,
    ],
    [
      `https://gate.example/lab/openai/deployments/{model}${version}`,
      `https://gate.example/lab/openai/deployments/{model}${version}`,
    ],
  ])('%s', (override, expected) => {
    expect(resolveBaseUrl(known('azure'), override)).toBe(expected);
    if (override.includes('deployments')) expect(resolveBaseUrl({ dialect: 'openai-chat' }, override)).toBe(expected);
  });

  test.each([
    ['https://host/v1', '/chat/completions', 'https://host/v1/chat/completions'],
    ['https://host/v1?a=b&c', '/chat/completions', 'https://host/v1/chat/completions?a=b&c'],
    ['https://host?a=b', '/models/m:stream?alt=sse', 'https://host/models/m:stream?alt=sse&a=b'],
    ['https://host/deployments/{model}?a=b', '/chat', 'https://host/deployments/lab%2Fgpt%204o%3F/chat?a=b'],
  ])('%s and %s make %s', (baseUrl, path, expected) => {
    expect(urlOf(baseUrl, path, 'lab/gpt 4o?')).toBe(expected);
  });
});

describe('a cloud whose locations have hosts of their own', () => {
  const vertex = known('google-vertex');
  const inProject = { ...vertex, baseUrl: vertex.credentials?.baseUrl ?? '' };
  test.each([
    [
      'europe-west4',
      'https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/publishers/google',
    ],
    ['global', 'https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google'],
    ['us', 'https://aiplatform.us.rep.googleapis.com/v1/projects/p/locations/us/publishers/google'],
    ['eu', 'https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/publishers/google'],
  ])('%s', (location, expected) => {
    expect(resolveBaseUrl(inProject, null, { project: 'p', location })).toBe(expected);
    // Only the host, or somebody's proxy in front of it.
    const path = new URL(expected).pathname;
    expect(resolveBaseUrl(inProject, 'http://127.0.0.1:1/x', { project: 'p', location })).toBe(
      `http://127.0.0.1:1/x${path}`,
    );
    expect(resolveBaseUrl(inProject, new URL(expected).origin, { project: 'p', location })).toBe(expected);
    expect(resolveBaseUrl(inProject, 'http://127.0.0.1:1/x/v1', { project: 'p', location })).toBe(
      'http://127.0.0.1:1/x/v1',
    );
  });
});

describe('another door at an address of the operator’s', () => {
  const doorUrl = 'https://api.moonshot.ai/anthropic/v1';
  test.each([
    // The vendor's other host has the door where the first one has it, whatever the path of the usual grammar is.
    ['https://api.moonshot.cn/v1', 'https://api.moonshot.cn/anthropic/v1'],
    ['https://api.moonshot.cn', 'https://api.moonshot.cn/anthropic/v1'],
    ['http://127.0.0.1:1/kimi', 'http://127.0.0.1:1/kimi/v1'],
  ])('%s', (baseUrl, expected) => {
    expect(addressOf(known('moonshotai'), { baseUrl, dialect: 'anthropic-messages', doorUrl })).toBe(expected);
  });
});

describe('addresses that cannot be', () => {
  test.each([
    ['api.openai.com/v1', 'base_url is no address: write it with its scheme, as in https://host/v1'],
    ['ftp://host/v1', 'base_url must start with http:// or https://, not ftp:'],
    ['https://host/v1#here', 'base_url takes no fragment'],
    ['https://host/v1?subscription-key=abc', 'base_url takes no key: put it in api_key'],
    ['https://host/openai/deployments?api-version=1', "base_url lacks the deployment's name behind /deployments"],
    ['https://me:secret@host/v1', 'base_url takes no user name or password: put the key in api_key'],
  ])('%s is refused', (override, message) => {
    expect(() => resolveBaseUrl({ dialect: 'openai-chat' }, override)).toThrow(message);
  });

  test('a custom host without an address is refused', () => {
    expect(() => resolveBaseUrl({ dialect: 'openai-chat' }, null)).toThrow('base_url is needed');
  });
});

describe('the provider’s own address', () => {
  test('takes its placeholders from the settings and refuses to guess them', () => {
    const cloudflare = known('cloudflare');
    expect(resolveBaseUrl(cloudflare, null, { account_id: 'abc' })).toBe(
      'https://api.cloudflare.com/client/v4/accounts/abc/ai/v1',
    );
    expect(() => resolveBaseUrl(cloudflare, null, {})).toThrow('settings.account_id is needed');
  });

  test('is asked for where nobody publishes one', () => {
    for (const id of ['open-inference', 'switchpoint', 'lepton']) {
      expect(() => resolveBaseUrl(known(id), null, {})).toThrow('settings.host is needed');
      expect(Object.keys(known(id).settings ?? {})).toEqual(['host']);
    }
    expect(resolveBaseUrl(known('open-inference'), 'https://inference.lab')).toBe('https://inference.lab/v1');
    expect(resolveBaseUrl(known('lepton'), null, { host: 'llama.lepton.run' })).toBe('https://llama.lepton.run/api/v1');
  });

  test('may be given a host as an address, as vendors’ own tools have it', () => {
    const addressWith = (host: string) => resolveBaseUrl(known('databricks'), null, { host });
    const own = 'https://dbc-1.cloud.databricks.com/ai-gateway/mlflow/v1';
    expect(addressWith('dbc-1.cloud.databricks.com')).toBe(own);
    expect(addressWith('https://dbc-1.cloud.databricks.com')).toBe(own);
    expect(addressWith('HTTPS://dbc-1.cloud.databricks.com/')).toBe(own);
  });

  test('every provider’s own address resolves to itself, and its host alone leads to the same path', () => {
    for (const definition of providers) {
      const templates = [definition.baseUrl, ...Object.values(definition.headers ?? {})].join(' ');
      const settings = Object.fromEntries(placeholdersOf(templates).map((name) => [name, 'x1']));
      expect(Object.keys(definition.settings ?? {})).toEqual(Object.keys(settings));
      const own = resolveBaseUrl(definition, null, settings);
      expect(resolveBaseUrl(definition, own, settings)).toBe(own);
      expect(resolveBaseUrl(definition, `${own}/`, settings)).toBe(own);
      const { protocol, host } = new URL(own);
      expect(resolveBaseUrl(definition, `${protocol}//${host}`, settings)).toBe(own);
    }
  });
});
