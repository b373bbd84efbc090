/** How a model is asked to think, where it is not asked as the caller wrote: a budget, adaptive thinking, an effort. */
import type { Effort } from '../../../core/chat.ts';
import { type JsonObject, type MutableJsonObject, numberAt } from '../../../core/json.ts';
import type { Note } from '../../../core/note.ts';
import type { ModelTraits } from '../../host.ts';
import { encodeReasoning } from '../../shared/claude/thinking.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { effortTaken } from '../../shared/upstream/effort.ts';
import { decodeReasoning } from '../client/decode.ts';
import type { MessagesFields, WireMessagesRequest } from '../client/schema.ts';
import { hasUnthoughtLoop } from './tool-loop.ts';

/** Rewrites `thinking`, `output_config.effort` and `max_tokens` where the model refuses them as they are. */
export function retargetThinking(
  body: MutableJsonObject,
  wire: WireMessagesRequest,
  traits: ModelTraits,
  notes: Notebook,
): void {
  if (!isTaken(wire, traits)) say(body, wire, traits, notes);
  const { thinking } = body;
  const isBudgeted = typeof thinking === 'object' && thinking !== null && 'type' in thinking;
  if (!isBudgeted || thinking.type !== 'enabled' || !hasUnthoughtLoop(body['messages'])) return;
  delete body['thinking'];
  notes.add('parameter.dropped', 'thinking', 'A tool loop begun without signed thinking must go on without it.');
}

/** True where the model is not known to refuse what was asked. */
function isTaken({ thinking, output_config: output }: MessagesFields, { reasoning: able }: ModelTraits): boolean {
  if (!able || able.assumed) return true;
  const effort = output?.effort;
  if (effort && !able.efforts?.includes(effort)) return false;
  switch (thinking?.type) {
    case 'enabled':
      return able.budget;
    case 'adaptive':
    case 'between_tools':
      return able.adaptive === true;
    case 'disabled':
    case undefined:
      return true;
  }
}

function say(body: MutableJsonObject, wire: WireMessagesRequest, traits: ModelTraits, notes: Notebook): void {
  const limit = numberAt(body, 'max_tokens') ?? 0;
  const asked = wire.output_config?.effort;
  let effort: string | undefined;
  if (!wire.thinking || wire.thinking.type === 'disabled') effort = asked ? nearest(asked, traits, notes) : undefined;
  else {
    const encoded = encodeReasoning(decodeReasoning(wire), traits, limit, notes);
    effort = encoded.effort;
    body['max_tokens'] = encoded.maxTokens;
    if (encoded.thinking) body['thinking'] = encoded.thinking;
    else delete body['thinking'];
  }
  const { effort: _, ...kept }: JsonObject = wire.output_config ?? {};
  const output = { ...kept, ...(effort !== undefined && { effort }) };
  if (Object.keys(output).length > 0) body['output_config'] = output;
  else delete body['output_config'];
}

/** An effort without thinking must not switch thinking on. */
function nearest(effort: Effort, traits: ModelTraits, notes: Notebook): string | undefined {
  const field = 'output_config.effort';
  if (!traits.reasoning?.efforts?.length) {
    notes.add('parameter.dropped', field, 'The model decides by itself how much it reasons.');
    return undefined;
  }
  const changes: Note[] = [];
  const taken = effortTaken(effort, traits, changes);
  for (const { code, message } of changes) notes.add(code, field, message);
  return taken;
}
