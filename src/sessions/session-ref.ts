import type { Opening } from '../core/demand.ts';
import type { SessionRef } from './sessions.ts';

export interface SessionInput {
  /** The account: its workspace. Two keys of one account may share a conversation, two accounts never do. */
  readonly tenant: string;
  /** As the caller asked for it. */
  readonly model: string;
  readonly sessionId: string | null;
  readonly promptCacheKey: string | null;
  /** Asked for only where the caller named nothing. */
  readonly opening: () => Pick<Opening, 'system' | 'first'>;
  /** Short and stable while the process lives; needs no cryptography, see {@link sessionRef}. */
  readonly fingerprint: (text: string) => string;
}

/** OpenRouter's limit of a `session_id`; what is longer (a header, a `prompt_cache_key`) is known by its fingerprint. */
const MAX_NAME_CHARACTERS = 256;

/**
 * Which conversation a request belongs to (OpenRouter's API): `session_id`, else `prompt_cache_key`, else the first system
 * and the first other message. Tenant and model stand in the key in full, each behind its length, so that no choice of
 * names, texts or colliding fingerprints reaches another tenant's conversation: a collision stays within its account, where
 * it sends two conversations to one endpoint and nothing else.
 */
export function sessionRef({
  tenant,
  model,
  sessionId,
  promptCacheKey,
  opening,
  fingerprint,
}: SessionInput): SessionRef {
  const place = `${tenant.length}:${tenant}${model.length}:${model}`;
  if (sessionId) return { key: `${place} session ${shortened(sessionId, fingerprint)}`, isNamed: true };
  if (promptCacheKey) return { key: `${place} cache ${shortened(promptCacheKey, fingerprint)}`, isNamed: false };
  const { system, first } = opening();
  return { key: `${place} opening ${fingerprint(system)} ${fingerprint(first)}`, isNamed: false };
}

function shortened(name: string, fingerprint: SessionInput['fingerprint']): string {
  return name.length <= MAX_NAME_CHARACTERS ? `=${name}` : `#${fingerprint(name)}`;
}
