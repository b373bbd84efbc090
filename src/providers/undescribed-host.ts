/** What is assumed of a host that no provider file describes: an operator's own, or a known one in another grammar. */
import type { WholeKind } from '../core/exchange-kind.ts';
import type { HostProfile, HostQuirks } from '../dialects/host.ts';
import type { AuthScheme } from './provider.ts';

export const DEFAULT_DIALECT = 'openai-chat';

/** Grammars whose owners count cached tokens beside the input, not inside it. */
const BESIDE_INPUT: readonly string[] = ['anthropic-messages', 'bedrock-converse'];

/**
 * The usual counting of a grammar: its owner counts cached tokens beside the input in Messages, inside it elsewhere (docs/sources.md).
 * In chat, hosts disagree about reasoning (behind any address may be xAI's, which has it beside the output): the reply decides.
 */
export function usageOfDialect(dialectId: string): HostProfile['usage'] {
  const cachedInput = BESIDE_INPUT.includes(dialectId) ? 'beside-input' : 'inside-input';
  const reasoning = dialectId === DEFAULT_DIALECT ? 'by-total' : 'inside-output';
  return { cachedInput, reasoning, reportsCost: false };
}

/**
 * What a host takes that nobody described: what its callers write in the grammar of which the operator says that it is spoken
 * there. Most such hosts stand before somebody else's, whose tools and proofs of reasoning pass through them.
 */
export function quirksOfDialect(dialectId: string): HostQuirks {
  switch (dialectId) {
    case 'openai-chat':
      return { reasoningReplay: 'as-written' };
    case 'openai-responses':
      return {
        ownerTools: true,
        developerRole: true,
        reasoningFormat: 'openai-responses-v1',
        reasoningReplay: 'as-written',
      };
    default:
      return {};
  }
}

/** The header in which the grammar's owner wants the key. */
export function authorizationOfDialect(dialectId: string): AuthScheme {
  switch (dialectId) {
    case 'anthropic-messages':
      return { kind: 'header', name: 'x-api-key' };
    case 'gemini':
      return { kind: 'header', name: 'x-goog-api-key' };
    default:
      return { kind: 'bearer' };
  }
}

/**
 * The usual grammar of a kind beside a dialect; undefined = hosts of that dialect have none. Hosts that nobody described may have
 * what vLLM, llama.cpp and their kin have.
 */
export function usualWhole(kind: WholeKind, dialectId: string, isDescribed: boolean): string | undefined {
  switch (dialectId) {
    case 'openai-chat':
    case 'openai-completions':
    case 'openai-responses':
      if (kind === 'embeddings') return 'openai';
      return isDescribed ? undefined : UNDESCRIBED[kind];
    case 'gemini':
    case 'ollama':
      return kind === 'embeddings' ? dialectId : undefined;
    case 'cohere':
      return kind === 'moderation' ? undefined : dialectId;
    default:
      return undefined;
  }
}

const UNDESCRIBED = { rerank: 'jina', moderation: 'openai' } as const;
