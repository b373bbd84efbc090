/**
 * What an assistant turn reasoned, as items: only to the host that made it, in order, before what the turn says. Reasoning
 * that the host cannot read is left out with a note.
 */
import type { AssistantMessage, ReasoningDetail } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { Note } from '../../../core/note.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { takesFormat } from '../shared/reasoning-format.ts';
import { groupDetails, partsOfItem } from '../shared/reasoning-items.ts';

export function encodeReasoningItems(
  message: AssistantMessage,
  path: string,
  context: UpstreamContext,
  notes: Note[],
): readonly JsonObject[] {
  const { quirks, providerName } = context.host;
  const drop = (field: string, why: string): void => {
    notes.push({ code: 'reasoning.dropped', field: `${path}.${field}`, message: why });
  };
  const items: JsonObject[] = [];
  const isGateway = quirks.gatewayFields !== undefined;
  for (const group of groupDetails(message.reasoningDetails)) {
    const isTaken = group.every(({ format }) => takesFormat(format, context.host));
    const item = (isTaken ? replayedItem(group, isGateway) : undefined) ?? plainItem(textOf(group), context);
    if (item) items.push(item);
    else if (isTaken) drop('reasoning_details', `${providerName} cannot read a summary back`);
    else drop('reasoning_details', `another provider than ${providerName} made it`);
  }
  if (message.reasoningDetails.length === 0 && message.reasoning) {
    const item = plainItem(message.reasoning, context);
    if (item) items.push(item);
    else drop('reasoning', `${providerName} takes no reasoning back that it did not make`);
  }
  return items;
}

/**
 * The item these details came from; undefined where they hold nothing that a host can read. Encrypted content stands for
 * itself: it goes back without the item's id, as in every recorded conversation that nobody stored. Beside an id, hosts look for
 * what they stored and for the item after it (https://github.com/vercel/ai/issues/12687).
 */
export function replayedItem(details: readonly ReasoningDetail[], isGateway: boolean): JsonObject | undefined {
  const { id, format, summary, content, encrypted, signature } = partsOfItem(details);
  if (encrypted === undefined && content.length === 0 && !isGateway) return undefined;
  return {
    type: 'reasoning',
    ...(id && (encrypted === undefined || isGateway) && { id }),
    summary,
    ...(content.length > 0 && { content }),
    ...(encrypted !== undefined && { encrypted_content: encrypted }),
    ...(isGateway && format && { format }),
    ...(isGateway && signature && { signature }),
  };
}

/** Hosts that show what they think take it back as text, whoever thought it. */
function plainItem(text: string, { host }: UpstreamContext): JsonObject | undefined {
  const { reasoningReplay = 'drop', gatewayFields } = host.quirks;
  if (!text || ((reasoningReplay === 'drop' || reasoningReplay === 'as-written') && !gatewayFields)) return undefined;
  return { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text }] };
}

function textOf(details: readonly ReasoningDetail[]): string {
  return details
    .map((detail) =>
      detail.type === 'reasoning.summary' ? detail.summary : detail.type === 'reasoning.text' ? detail.text : '',
    )
    .join('');
}
