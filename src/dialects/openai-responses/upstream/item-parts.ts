/** What single members of output items say. */
import type { ChatEvent } from '../../../core/chat-events.ts';
import { isJsonArray, type Json, type JsonObject, stringAt } from '../../../core/json.ts';
import { decodeLogprobs } from '../../shared/openai/logprobs.ts';
import { toAnnotation } from './annotations.ts';

/** The one choice of a response. */
export const CHOICE = 0;

export function isCall({ type }: JsonObject): boolean {
  return type === 'function_call' || type === 'custom_tool_call';
}

/** xAI shows its own searches of X as calls of custom tools, whose results it does not wait for (recorded). */
export function isRunByHost(wire: JsonObject): boolean {
  return wire['type'] === 'custom_tool_call' && stringAt(wire, 'call_id')?.startsWith('xs_call_') === true;
}

export function logprobsOf(tokens: Json | undefined): Json | undefined {
  return isJsonArray(tokens) && tokens.length > 0 ? decodeLogprobs({ content: tokens }) : undefined;
}

export function annotationEvents(wire: readonly Json[], textStart: number): ChatEvent[] {
  const annotations = wire.flatMap((annotation) => toAnnotation(annotation, textStart));
  return annotations.length > 0 ? [{ type: 'annotation-delta', choice: CHOICE, annotations }] : [];
}

export function imageEvents(wire: JsonObject): ChatEvent[] {
  const result = stringAt(wire, 'result');
  if (!result) return [];
  const isAddress = /^(https?|data):/.test(result);
  const url = isAddress ? result : `data:image/${stringAt(wire, 'output_format') ?? 'png'};base64,${result}`;
  return [{ type: 'image-delta', choice: CHOICE, url }];
}
