/** Reasoning items that come back with the conversation, wire → core. */
import type { ReasoningDetail } from '../../../core/chat.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { unsealReasoning } from '../../shared/reasoning-seal.ts';
import { OWNER_FORMAT } from '../shared/reasoning-format.ts';
import type { WireReasoningItem } from '../wire-types.ts';

/** Whose signatures OpenRouter gives in `signature` where it says no format. */
const SIGNED_FORMAT = 'anthropic-claude-v1';
const PART_BOUND_FORMAT = 'google-gemini-v1';

/**
 * What was sealed comes back as it was made. Otherwise the item's own members say it: those of an item with encrypted content
 * are the grammar owner's unless it names another format.
 */
export function decodeReasoningItem(
  item: WireReasoningItem,
  path: string,
  notes: Notebook,
): readonly ReasoningDetail[] {
  const encrypted = item.encrypted_content || undefined;
  const sealed = encrypted === undefined ? null : unsealReasoning(encrypted);
  if (sealed) {
    if (sealed.length === 0) {
      notes.add(
        'reasoning.dropped',
        `${path}.encrypted_content`,
        'it was changed on its way and can be replayed to nobody',
      );
    }
    return sealed;
  }
  const id = item.id ?? undefined;
  const signature = item.signature || undefined;
  const format = item.format ?? (signature ? SIGNED_FORMAT : encrypted === undefined ? 'unknown' : OWNER_FORMAT);
  const about = { ...(id !== undefined && { id }), format };
  const texts = item.content ?? [];
  const details: ReasoningDetail[] = [];
  for (const { text } of item.summary ?? []) details.push({ type: 'reasoning.summary', summary: text, ...about });
  if (signature) {
    details.push({ type: 'reasoning.text', text: texts.map(({ text }) => text).join(''), signature, ...about });
  } else for (const { text } of texts) details.push({ type: 'reasoning.text', text, ...about });
  if (encrypted !== undefined) details.push({ type: 'reasoning.encrypted', data: encrypted, ...about });
  return details;
}

/**
 * True of signatures that name the part they are of: where they stand between the parts says nothing, so they never part a
 * turn (https://ai.google.dev/gemini-api/docs/thought-signatures).
 */
export function isBoundToPart(detail: ReasoningDetail): boolean {
  return detail.type === 'reasoning.encrypted' && detail.format === PART_BOUND_FORMAT;
}
