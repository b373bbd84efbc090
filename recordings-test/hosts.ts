/** Whose traffic a recording is, and how that host's own file describes the grammar it was recorded in. */

import { anthropicMessages } from '../src/dialects/anthropic-messages/index.ts';
import { bedrockConverse } from '../src/dialects/bedrock-converse/index.ts';
import { cohere } from '../src/dialects/cohere/index.ts';
import type { UpstreamContext, UpstreamDialect } from '../src/dialects/dialect.ts';
import { gemini } from '../src/dialects/gemini/index.ts';
import { ollama } from '../src/dialects/ollama/index.ts';
import { openAiChat } from '../src/dialects/openai-chat/index.ts';
import { openAiResponses } from '../src/dialects/openai-responses/index.ts';
import type { Door, ProviderDefinition } from '../src/providers/provider.ts';
import { providerById } from '../src/providers/registry.gen.ts';
import { quirksOfDialect, usageOfDialect } from '../src/providers/undescribed-host.ts';
import type { Recording } from './recordings.ts';

/** Folder → provider, where the names differ. */
const PROVIDERS: Readonly<Record<string, string>> = {
  bedrock: 'amazon-bedrock',
  github: 'github-copilot',
  google: 'google-ai-studio',
  moonshot: 'moonshotai',
  // ChatGPT's own endpoint: the same grammar, the same models.
  'openai-chatgpt': 'openai',
  'opencode-zen': 'opencode',
  voyage: 'voyageai',
  zai: 'z-ai',
};

/** Folders of no one host: what their traffic is, and so why no file describes it. */
export const NOT_ONE_HOST: Readonly<Record<string, string>> = {
  local: 'servers and proxies on localhost',
  'open-responses': 'examples of the grammar from several makers',
  'openai-compatible': 'answers without an address',
  other: 'several hosts',
  'pydantic-gateway': 'a proxy of OpenAI',
};

/** Hosts that share a folder with another, by the beginning of the address. */
const BY_ADDRESS: Readonly<Record<string, string>> = {
  'https://api.inference.crusoecloud.com/': 'crusoe',
  'https://ollama.com/': 'ollama-cloud',
};

export const DIALECT_OF_ENDPOINT: Readonly<Record<string, UpstreamDialect>> = {
  'chat.completions': openAiChat,
  responses: openAiResponses,
  messages: anthropicMessages,
  generateContent: gemini,
  streamGenerateContent: gemini,
  converse: bedrockConverse,
  'converse-stream': bedrockConverse,
  'cohere.chat': cohere,
  'ollama.chat': ollama,
};

/** The provider file of a recording's host; undefined where it is nobody's. */
export function definitionOf({ provider, request }: Pick<Recording, 'provider' | 'request'>) {
  const prefix = Object.keys(BY_ADDRESS).find((beginning) => request?.url.startsWith(beginning));
  return providerById.get((prefix && BY_ADDRESS[prefix]) ?? PROVIDERS[provider] ?? provider);
}

/** The doors through which a host is asked in this grammar, its usual one among them. */
export function doorsOf(definition: ProviderDefinition, dialectId: string): readonly Door[] {
  const doors = definition.doors?.filter(({ dialect }) => dialect === dialectId) ?? [];
  return definition.dialect === dialectId ? [definition, ...doors] : doors;
}

/** How the host of a recording is read in this grammar: as its file says, or as nobody's host is. */
export function contextOf(recording: Recording, dialectId: string): UpstreamContext {
  const definition = definitionOf(recording);
  // A model's own name mostly begins as its maker's does: `MiniMax-M2.7` of `minimax/`.
  const isMade = ({ models }: Door) =>
    !models || models.some((prefix) => recording.model?.toLowerCase().startsWith(prefix.slice(0, -1)));
  const doors = definition ? doorsOf(definition, dialectId) : [];
  const door = doors.find(isMade) ?? doors[0];
  return {
    upstreamModel: recording.model ?? 'model',
    traits: {},
    host: {
      providerId: definition?.id ?? recording.provider,
      providerName: definition?.name ?? recording.provider,
      usage: door?.usage ?? usageOfDialect(dialectId),
      quirks: door ? (door.quirks ?? {}) : quirksOfDialect(dialectId),
    },
  };
}
