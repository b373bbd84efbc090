/** The host of a recording, as its door of this grammar describes it. */
import type { UpstreamContext } from '../src/dialects/dialect.ts';
import { providers } from '../src/providers/registry.gen.ts';
import type { Recording } from './recordings.ts';

/** Folder name → provider slug, where they differ. */
const SLUGS: Readonly<Record<string, string>> = { bedrock: 'amazon-bedrock', 'openai-chatgpt': 'openai' };

export function responsesContextOf(recording: Pick<Recording, 'provider' | 'model'>): UpstreamContext {
  const slug = SLUGS[recording.provider] ?? recording.provider;
  const provider = providers.find((known) => known.id === slug);
  const door = provider?.doors?.find(({ dialect }) => dialect === 'openai-responses');
  return {
    upstreamModel: recording.model ?? 'model',
    traits: {},
    host: {
      providerId: slug,
      providerName: provider?.name ?? slug,
      usage: door?.usage ?? { cachedInput: 'inside-input', reasoning: 'inside-output', reportsCost: false },
      quirks: door?.quirks ?? {},
    },
  };
}
