/** core → wire for a whole reply: a text for each choice, and what else a choice says beside it. */
import type { ChatResponse, Choice } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { ReplyHead, SettledUsage } from '../../dialect.ts';
import { encodeUsage } from '../../shared/gateway/usage.ts';
import { toCompletionLogprobs } from '../logprobs.ts';
import { readableText } from '../prompt.ts';
import type { WireCompletionRequest } from '../wire-types.ts';

export function encodeCompletionResponse(
  response: ChatResponse,
  head: ReplyHead,
  settled: SettledUsage,
  wire: WireCompletionRequest,
): JsonObject {
  const { systemFingerprint, serviceTier, choices } = response;
  const offset = readableText(wire).length;
  return {
    ...headMembers(head),
    ...(systemFingerprint && { system_fingerprint: systemFingerprint }),
    ...(serviceTier && { service_tier: serviceTier }),
    choices: choices.map((choice) => encodeChoice(choice, head, offset)),
    usage: encodeUsage(settled),
    ...(settled.routerMetadata && { openrouter_metadata: settled.routerMetadata }),
  };
}

/** What a reply and each frame of a stream begin with. */
export function headMembers(head: ReplyHead): JsonObject {
  return {
    id: head.id,
    object: 'text_completion',
    created: head.createdSeconds,
    model: head.model,
    provider: head.providerName,
  };
}

function encodeChoice(choice: Choice, head: ReplyHead, offset: number): JsonObject {
  const { index, content, refusal, reasoning, reasoningDetails, images, annotations } = choice;
  const isThinking = !head.excludeReasoning;
  return {
    text: (content ?? '') + (refusal ?? ''),
    index,
    logprobs: toCompletionLogprobs(choice.logprobs, offset),
    finish_reason: choice.finishReason,
    native_finish_reason: choice.nativeFinishReason,
    ...(isThinking && reasoning !== null && { reasoning }),
    ...(isThinking &&
      reasoningDetails.length > 0 && { reasoning_details: reasoningDetails.map((detail) => ({ ...detail })) }),
    ...(images.length > 0 && { images: images.map(imageOf) }),
    ...(annotations.length > 0 && { annotations }),
  };
}

export function imageOf(url: string): JsonObject {
  return { type: 'image_url', image_url: { url } };
}
