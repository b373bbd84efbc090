/**
 * Ids of tool calls as the host takes them: 1–64 of `[a-zA-Z0-9_-]`
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html); Mistral's models want nine.
 */

import { openToolIds, plainId, type ToolIds } from '../../shared/claude/unique-tool-ids.ts';
import { nineCharacterId } from '../../shared/upstream/tool-ids.ts';
import type { ModelFacts } from '../model-facts.ts';

const MAX_CHARACTERS = 64;

export function toolIdsFor({ nineCharacterToolIds }: ModelFacts): ToolIds {
  return openToolIds(nineCharacterToolIds ? nineCharacterId : shortId);
}

function shortId(id: string): string {
  const plain = plainId(id);
  // What is cut off still tells two ids apart.
  return plain.length <= MAX_CHARACTERS ? plain : `${plain.slice(0, MAX_CHARACTERS - 10)}_${nineCharacterId(id)}`;
}
