/** core → wire for a whole reply: the parts that a stream of it would have given, neighbours of a kind joined. */
import type { ChatResponse, FinishReason } from '../../../core/chat.ts';
import { unfold } from '../../../core/fold.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { ReplyHead, SettledUsage } from '../../dialect.ts';
import { finishReasonOf } from '../finish-reason.ts';
import type { WirePart } from '../wire-types.ts';
import { ChoiceWriter } from './choice-writer.ts';
import { encodeGrounding } from './grounding.ts';
import { encodeLogprobs } from './logprobs.ts';
import { encodeUsage } from './usage.ts';

export function encodeResponse(response: ChatResponse, head: ReplyHead, settled: SettledUsage): JsonObject {
  const writers = new Map(
    response.choices.map(({ index }) => [index, new ChoiceWriter(index, !head.excludeReasoning)] as const),
  );
  const parts = new Map<number, WirePart[]>();
  for (const event of unfold(response)) {
    if (!('choice' in event)) continue;
    const said = writers.get(event.choice)?.push(event) ?? [];
    parts.set(event.choice, [...(parts.get(event.choice) ?? []), ...said]);
  }
  const candidates = [...writers.values()].map((writer) => {
    const said = joinedParts([...(parts.get(writer.index) ?? []), ...writer.end()]);
    return candidateOf(writer, said);
  });
  return { candidates, ...closingMembers(head, settled, response.serviceTier) };
}

/** A candidate with all that is known at its end. Clients take a turn without parts for a broken one, so there is one. */
export function candidateOf(writer: ChoiceWriter, parts: readonly WirePart[]): JsonObject {
  const grounding = encodeGrounding(writer.annotations, writer.text);
  const logprobsResult = encodeLogprobs(writer.logprobs);
  const finishReason = finishWord(writer);
  return {
    content: { parts: parts.length > 0 ? parts : [{ text: '' }], role: 'model' },
    ...(finishReason !== null && { finishReason }),
    index: writer.index,
    ...(grounding && { groundingMetadata: grounding }),
    ...(logprobsResult && { logprobsResult }),
  };
}

/** The members of the last object of an answer. */
export function closingMembers(head: ReplyHead, settled: SettledUsage, serviceTier: string | undefined): JsonObject {
  return {
    usageMetadata: encodeUsage(settled, serviceTier),
    modelVersion: head.model,
    responseId: head.id,
    ...(settled.routerMetadata && { openrouterMetadata: settled.routerMetadata }),
  };
}

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  // The grammar has no reason of its own for calls.
  tool_calls: 'STOP',
  content_filter: 'SAFETY',
  error: 'OTHER',
};

/** https://ai.google.dev/api/generate-content#FinishReason; what a host of this grammar said stands. */
const KNOWN_WORDS: ReadonlySet<string> = new Set([
  'STOP',
  'MAX_TOKENS',
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'OTHER',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MALFORMED_FUNCTION_CALL',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
  'IMAGE_OTHER',
  'NO_IMAGE',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MALFORMED_RESPONSE',
]);

function finishWord({ finishReason, nativeFinishReason, hasRefusal }: ChoiceWriter): string | null {
  if (finishReason === null) return null;
  if (hasRefusal && finishReason === 'stop') return WORDS.content_filter;
  const native = nativeFinishReason ?? '';
  const isSame = KNOWN_WORDS.has(native) && finishReasonOf(native, finishReason === 'tool_calls') === finishReason;
  return isSame ? native : WORDS[finishReason];
}

/** Text after text is one text, unless a signature closes it; an empty text that is signed gives its signature to the one before. */
function joinedParts(parts: readonly WirePart[]): readonly WirePart[] {
  const joined: WirePart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const isContinued = last?.text !== undefined && part.text !== undefined && last.thought === part.thought;
    if (last && isContinued && last.thoughtSignature === undefined) {
      joined[joined.length - 1] = { ...last, ...part, text: `${last.text}${part.text}` };
    } else joined.push(part);
  }
  return joined;
}
