import { expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateRegistries } from '../../scripts/generate-registries.ts';
import { resolveBaseUrl } from './base-url.ts';
import { MINUTE_MS, promptCacheOf } from './provider.ts';
import { providerById, providers } from './registry.gen.ts';

const GRAMMARS = ['openai-chat', 'openai-completions', 'openai-responses', 'anthropic-messages', 'ollama'];

test('the committed list holds every provider file', async () => {
  expect(await generateRegistries({ check: true })).toEqual([]);
  expect(providers.length).toBeGreaterThan(60);
  expect(providerById.size).toBe(providers.length);
});

test('a new file is noticed, then listed; a misnamed one is refused', async () => {
  const root = mkdtempSync(join(tmpdir(), 'signalbox-registry-'));
  const folder = join(root, 'src/providers');
  const declare = (id: string): string => `export const lab = defineProvider({\n  id: '${id}',\n});\n`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'lab.ts'), declare('lab'));
    expect(await generateRegistries({ check: true, root })).toEqual(['src/providers/registry.gen.ts']);
    expect(await generateRegistries({ check: false, root })).toEqual(['src/providers/registry.gen.ts']);
    expect(await generateRegistries({ check: true, root })).toEqual([]);
    expect(readFileSync(join(folder, 'registry.gen.ts'), 'utf8')).toContain("import { lab } from './lab.ts';");
    writeFileSync(join(folder, 'other.ts'), declare('lab-two'));
    await expect(generateRegistries({ check: true, root })).rejects.toThrow('name the file lab-two.ts');
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('no two providers share a name, and a variable switches on one provider only', () => {
  const names = providers.map(({ name }) => name.toLowerCase());
  expect(new Set(names).size).toBe(names.length);
  const variables = providers.flatMap(({ keyEnv }) => keyEnv);
  expect(new Set(variables).size).toBe(variables.length);
  for (const variable of variables) expect(variable).toMatch(/^[A-Z][A-Z0-9_]+$/);
});

test('a door is to another grammar than the usual one, names whose reasoning it has, and has an address', () => {
  const settings = {
    ...{ resource: 'r', region: 'r', location: 'l', project: 'p', host: 'h', account_id: 'a' },
    ...{ account: 'a', endpoint_id: 'e' },
  };
  for (const definition of providers) {
    for (const door of definition.doors ?? []) {
      expect(door.dialect).not.toBe(definition.dialect);
      expect(GRAMMARS).toContain(door.dialect);
      const own = { ...definition, baseUrl: door.baseUrl ?? definition.baseUrl };
      const address = resolveBaseUrl(own, null, settings);
      expect(new URL(address).pathname).toBe(new URL(resolveBaseUrl(own, address, settings)).pathname);
      if (door.dialect !== 'anthropic-messages' || definition.takesAnyModel) continue;
      const format = door.quirks?.reasoningFormat ?? '';
      expect(['anthropic-claude-v1', `${definition.id}-messages-v1`]).toContain(format);
    }
  }
});

test('doors count as their recordings do, and an aggregator’s word on its price holds at each', () => {
  const doorOf = (id: string, dialect: string) => providerById.get(id)?.doors?.find((door) => door.dialect === dialect);
  expect(doorOf('openrouter', 'openai-responses')?.usage?.reportsCost).toBe('authoritative');
  expect(doorOf('openrouter', 'anthropic-messages')?.usage).toMatchObject({
    cachedInput: 'beside-input',
    reportsCost: 'authoritative',
  });
  // 97 recorded replies of xAI in this grammar have reasoning inside, though its chat has it outside.
  expect(doorOf('xai', 'openai-responses')?.usage?.reasoning).toBe('inside-output');
  const formatOf = (id: string) => doorOf(id, 'openai-responses')?.quirks?.reasoningFormat;
  expect(['openai', 'azure', 'xai', 'meta', 'amazon-bedrock'].map(formatOf)).toEqual([
    'openai-responses-v1',
    'azure-openai-responses-v1',
    'xai-responses-v1',
    'meta-responses-v1',
    'bedrock-openai-responses-v1',
  ]);
});

test('the facts that decide money and privacy are those of the evidence', () => {
  const usageOf = (id: string) => providerById.get(id)?.usage;
  expect(usageOf('anthropic')).toEqual({ cachedInput: 'beside-input', reasoning: 'inside-output', reportsCost: false });
  expect(usageOf('google-ai-studio')?.reasoning).toBe('beside-output');
  expect(usageOf('xai')?.reasoning).toBe('by-total');
  expect(providers.filter(({ usage }) => usage.reportsCost === 'authoritative').map(({ id }) => id)).toEqual([
    'openrouter',
  ]);
  const cancelling = providers.filter(({ onDisconnect }) => onDisconnect === 'cancel').map(({ id }) => id);
  expect(cancelling).toEqual([
    'anthropic',
    'azure',
    'cohere',
    'deepinfra',
    'deepseek',
    'fireworks',
    'jan',
    'koboldcpp',
    'llamacpp',
    'lmdeploy',
    'lmstudio',
    'mistralrs',
    'mlx-lm',
    'ollama',
    'openai',
    'openrouter',
    'sglang',
    'sim',
    'tensorrt-llm',
    'tgi',
    'together',
    'vllm',
    'xai',
  ]);
  expect(providerById.get('deepseek')?.policy.training).toBe(true);
});

test('hosts that refuse a wish to store the answer are not sent it', () => {
  const refusing = providers.filter(({ quirks }) => quirks.rejects?.includes('store')).map(({ id }) => id);
  for (const id of ['cerebras', 'chutes', 'moonshotai', 'together', 'z-ai', 'vllm']) expect(refusing).toContain(id);
  for (const id of ['openai', 'azure', 'openrouter']) expect(refusing).not.toContain(id);
});

test('prompt caches live as long as their hosts say; five minutes where they say nothing', () => {
  const lifeOf = (id: string) => promptCacheOf(providerById.get(id)).lifeMs / MINUTE_MS;
  expect(['anthropic', 'groq', 'deepseek', 'google-ai-studio', 'sim'].map(lifeOf)).toEqual([5, 120, 120, 3, 5]);
  expect(promptCacheOf(undefined)).toEqual({ lifeMs: 5 * MINUTE_MS, writes: 'automatic' });
  expect(promptCacheOf(providerById.get('mistral'))).toEqual(promptCacheOf(undefined));
  const marked = providers.filter((each) => promptCacheOf(each).writes === 'marked').map(({ id }) => id);
  expect(marked).toEqual(['alibaba', 'amazon-bedrock', 'anthropic', 'claude-platform-on-aws']);
  for (const each of providers) {
    const { lifeMs, lifeMsLong } = promptCacheOf(each);
    expect(lifeMs).toBeGreaterThanOrEqual(MINUTE_MS);
    if (lifeMsLong !== undefined) expect(lifeMsLong).toBeGreaterThan(lifeMs);
  }
});
