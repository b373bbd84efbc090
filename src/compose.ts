/** What a server and the command line are wired from: the parts that need no running store. */
import { loadCatalog } from './catalog/load.ts';
import type { Endpoint } from './catalog/model.ts';
import type { CatalogRows } from './catalog/rows.ts';
import type { Clock, Random } from './core/ids.ts';
import { anthropicMessages } from './dialects/anthropic-messages/index.ts';
import { bedrockConverse } from './dialects/bedrock-converse/index.ts';
import { cohere } from './dialects/cohere/index.ts';
import type { UpstreamDialect } from './dialects/dialect.ts';
import { gemini } from './dialects/gemini/index.ts';
import { ollama } from './dialects/ollama/index.ts';
import { openAiChat } from './dialects/openai-chat/index.ts';
import { openAiCompletions } from './dialects/openai-completions/index.ts';
import { openAiResponses } from './dialects/openai-responses/index.ts';
import type { SnapshotSources } from './pipeline/snapshot.ts';
import { providerById } from './providers/registry.gen.ts';
import { simEndpoints, simModels } from './providers/sim/models.ts';

export const systemClock: Clock = { now: () => Date.now() };

/** The system's secure random, drawn a block at a time so that an id costs no system call. */
export function createSecureRandom(): Random {
  const block = new Uint32Array(1024);
  let at = block.length;
  return {
    next() {
      if (at >= block.length) {
        crypto.getRandomValues(block);
        at = 0;
      }
      return (block[at++] ?? 0) / 4294967296;
    },
  };
}

export function sha256Hex(text: string): string {
  return new Bun.CryptoHasher('sha256').update(text).digest('hex');
}

export function randomHex(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex');
}

/** The grammars this release speaks to providers. */
export const builtDialects: readonly UpstreamDialect[] = [
  openAiChat,
  openAiResponses,
  anthropicMessages,
  gemini,
  bedrockConverse,
  cohere,
  ollama,
  openAiCompletions,
];

export interface Sources extends SnapshotSources {
  readonly endpointsByModel: ReadonlyMap<string, readonly Endpoint[]>;
  /** YYYY-MM-DD. */
  readonly pricesDate: string;
}

/** Everything a snapshot is built from besides the settings. @param refreshed rows of `signalbox catalog refresh` */
export function loadSources(refreshed?: CatalogRows): Sources {
  const catalog = loadCatalog(refreshed);
  return {
    models: new Map([...catalog.models, ...simModels.map((model) => [model.id, model] as const)]),
    endpoints: [...catalog.endpoints, ...simEndpoints],
    // The simulated models are no offer of the market: the whole catalogue does without them.
    endpointsByModel: catalog.endpointsByModel,
    aliases: catalog.aliases,
    definitions: providerById,
    dialects: new Map(builtDialects.map((dialect) => [dialect.id, dialect])),
    today: new Date(systemClock.now()).toISOString().slice(0, 10),
    pricesDate: catalog.source.date,
  };
}
