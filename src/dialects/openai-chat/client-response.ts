/** core → wire for a whole reply: OpenRouter's form (OpenRouter's API), strict where its SDK is. */
import type { AudioOutput, ChatResponse, Choice, ReasoningDetail, ToolCall } from '../../core/chat.ts';
import type { JsonObject, MutableJsonObject } from '../../core/json.ts';
import type { ReplyHead, SettledUsage } from '../dialect.ts';
import { encodeUsage } from '../shared/gateway/usage.ts';
import { encodeReasoningDetail } from './reasoning-details.ts';
import type { WireChatRequest } from './wire-types.ts';

/** core → wire. Optional members are left out rather than null, except where the contract shows null. */
export function encodeChatResponse(
  response: ChatResponse,
  head: ReplyHead,
  settled: SettledUsage,
  wire?: Pick<WireChatRequest, 'functions' | 'tools'>,
): JsonObject {
  const wordsFromBeforeTools = wire !== undefined && asksByFunctions(wire);
  return {
    id: head.id,
    object: 'chat.completion',
    created: head.createdSeconds,
    model: head.model,
    provider: head.providerName,
    system_fingerprint: response.systemFingerprint ?? null,
    ...(response.serviceTier && { service_tier: response.serviceTier }),
    choices: response.choices.map((choice) => encodeChoice(choice, head, wordsFromBeforeTools)),
    usage: encodeUsage(settled),
    ...(settled.routerMetadata && { openrouter_metadata: settled.routerMetadata }),
  };
}

/** Callers of `functions` are told a call as `function_call`; what more there is stands where they do not look (https://platform.openai.com/docs/api-reference/chat/object). */
export function asksByFunctions({ functions, tools }: Pick<WireChatRequest, 'functions' | 'tools'>): boolean {
  return Boolean(functions?.length) && !tools?.length;
}

function encodeChoice(choice: Choice, head: ReplyHead, wordsFromBeforeTools: boolean): JsonObject {
  const [call, ...others] = choice.toolCalls;
  const isOld = wordsFromBeforeTools && call !== undefined;
  const message = encodeMessage(isOld ? { ...choice, toolCalls: others } : choice, head.excludeReasoning);
  return {
    index: choice.index,
    ...(choice.logprobs !== undefined && { logprobs: choice.logprobs }),
    finish_reason: choice.finishReason,
    native_finish_reason: choice.nativeFinishReason,
    message: isOld ? { ...message, function_call: { name: call.name, arguments: call.arguments } } : message,
  };
}

function encodeMessage(choice: Choice, excludeReasoning: boolean): JsonObject {
  const message: MutableJsonObject = { role: 'assistant', content: choice.content, refusal: choice.refusal };
  if (excludeReasoning) message['reasoning'] = null;
  else {
    message['reasoning'] = choice.reasoning;
    const details = detailsOf(choice);
    if (details.length > 0) message['reasoning_details'] = details.map(encodeReasoningDetail);
  }
  if (choice.toolCalls.length > 0) {
    message['tool_calls'] = choice.toolCalls.map(encodeToolCall);
  }
  if (choice.images.length > 0) message['images'] = choice.images.map(encodeImage);
  if (choice.audio) message['audio'] = encodeAudio(choice.audio);
  if (choice.annotations.length > 0) message['annotations'] = choice.annotations;
  return message;
}

/** Both forms are always given: a reply that has only the text gets one detail that says it. */
function detailsOf(choice: Choice): readonly ReasoningDetail[] {
  if (choice.reasoningDetails.length > 0 || !choice.reasoning) return choice.reasoningDetails;
  return [{ type: 'reasoning.text', text: choice.reasoning, format: 'unknown' }];
}

function encodeToolCall({ id, name, arguments: written, custom }: ToolCall, index: number): JsonObject {
  if (custom) return { id, type: 'custom', index, custom: { name, input: written } };
  return { id, type: 'function', index, function: { name, arguments: written } };
}

export function encodeImage(url: string, index: number): JsonObject {
  return { index, type: 'image_url', image_url: { url } };
}

export function encodeAudio(audio: AudioOutput): JsonObject {
  const { id, data, transcript, expiresAt } = audio;
  return {
    ...(id !== undefined && { id }),
    ...(data !== undefined && { data }),
    ...(transcript !== undefined && { transcript }),
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
  };
}
