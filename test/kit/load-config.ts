/** What the tests of the configuration share: a few known hosts and the way a load is written down. */
import type { Environment } from '../../src/config/interpolate.ts';
import { type KnownProvider, type LoadInput, loadSettings } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problems.ts';
import type { ProviderSettings, Settings } from '../../src/config/settings.ts';

export const KNOWN: readonly KnownProvider[] = [
  {
    id: 'anthropic',
    dialect: 'anthropic-messages',
    keyEnv: ['ANTHROPIC_API_KEY'],
    authorize: { kind: 'header', name: 'x-api-key' },
  },
  {
    id: 'azure',
    dialect: 'openai-chat',
    keyEnv: ['AZURE_API_KEY'],
    settings: { resource: ['AZURE_RESOURCE_NAME'] },
    authorize: { kind: 'header', name: 'api-key' },
  },
  { id: 'cohere', dialect: 'cohere', keyEnv: ['COHERE_API_KEY'], authorize: { kind: 'bearer' } },
  {
    id: 'google-ai-studio',
    dialect: 'gemini',
    keyEnv: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    authorize: { kind: 'header', name: 'x-goog-api-key' },
  },
  {
    id: 'google-vertex',
    dialect: 'gemini',
    keyEnv: ['GOOGLE_VERTEX_API_KEY'],
    authorize: { kind: 'header', name: 'x-goog-api-key' },
  },
  { id: 'groq', dialect: 'openai-chat', keyEnv: ['GROQ_API_KEY'], authorize: { kind: 'bearer' } },
  { id: 'ollama', dialect: 'openai-chat', keyEnv: [], authorize: { kind: 'none' } },
  { id: 'openai', dialect: 'openai-chat', keyEnv: ['OPENAI_API_KEY'], authorize: { kind: 'bearer' } },
  { id: 'sakana', dialect: 'openai-responses', keyEnv: ['SAKANA_API_KEY'], authorize: { kind: 'bearer' } },
  { id: 'sim', dialect: 'openai-chat', keyEnv: [], authorize: { kind: 'none' } },
  { id: 'openrouter', dialect: 'openai-chat', keyEnv: ['OPENROUTER_API_KEY'], authorize: { kind: 'bearer' } },
];

type Overrides = Partial<Pick<LoadInput, 'flags' | 'file' | 'text'>>;

export function load(text: string | null, env: Environment = {}, overrides: Overrides = {}) {
  const file = text === null ? {} : { file: 'signalbox.yaml', text };
  return loadSettings({
    file: null,
    env,
    flags: {},
    knownProviders: KNOWN,
    builtDialects: ['openai-chat', 'anthropic-messages', 'gemini'],
    ...file,
    ...overrides,
  });
}

/** The settings of a file that must be sound. */
export function settingsOf(text: string | null, env: Environment = {}, overrides: Overrides = {}): Settings {
  const outcome = load(text, env, overrides);
  if (!outcome.ok) throw new Error(outcome.problems.map(formatProblem).join('\n'));
  return outcome.settings;
}

export function noticesOf(text: string | null, env: Environment = {}): readonly string[] {
  const outcome = load(text, env);
  return outcome.ok ? outcome.notices : [];
}

/** The only provider of a file that must be sound. */
export function providerOf(text: string, env: Environment = {}): ProviderSettings {
  const [provider, ...others] = settingsOf(text, env).providers;
  if (!provider || others.length > 0) throw new Error('the file should hold one provider');
  return provider;
}

/** What would be printed for a file that must be refused. */
export function printed(text: string | null, env: Environment = {}, overrides: Overrides = {}): readonly string[] {
  const outcome = load(text, env, overrides);
  return outcome.ok ? [] : outcome.problems.map(formatProblem);
}
