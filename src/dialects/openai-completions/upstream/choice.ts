/** One choice of an answer or of a frame, whatever its host's habits: text, and the word it ended with. */
import type { FinishReason } from '../../../core/chat.ts';
import { type Json, type JsonObject, numberAt, objectAt, stringAt } from '../../../core/json.ts';
import { tierServed } from '../../shared/gateway/service-tier.ts';
import { toFinishReason } from '../../shared/openai/finish-reason.ts';

/** The text; a host that serves chat on this path puts it where chat does (Mistral's fim). */
export function textOf(choice: JsonObject): string {
  const { text } = choice;
  if (typeof text === 'string') return text;
  const said = objectAt(choice, 'delta') ?? objectAt(choice, 'message');
  return (said && stringAt(said, 'content')) ?? '';
}

export function reasoningOf(choice: JsonObject): string {
  return stringAt(choice, 'reasoning') ?? stringAt(choice, 'reasoning_content') ?? '';
}

/** '' until the end is what some hosts send for none. */
export function nativeFinishOf(choice: JsonObject): string | undefined {
  const native = stringAt(choice, 'finish_reason');
  return native ? (stringAt(choice, 'native_finish_reason') ?? native) : undefined;
}

/** A whole reply that names no reason has ended all the same. */
export function finishOf(native: string | undefined): FinishReason {
  return native === undefined ? 'stop' : toFinishReason(native);
}

export function indexOf(choice: JsonObject, at: number): number {
  return numberAt(choice, 'index') ?? at;
}

export interface AboutReply {
  readonly upstreamId?: string;
  readonly upstreamModel?: string;
  readonly createdSeconds?: number;
  readonly systemFingerprint?: string;
  readonly serviceTier?: string;
}

/** What a reply and each frame of a stream say about themselves. */
export function aboutReply(body: JsonObject): AboutReply {
  const upstreamId = stringAt(body, 'id');
  const upstreamModel = stringAt(body, 'model');
  const created = numberAt(body, 'created');
  const systemFingerprint = stringAt(body, 'system_fingerprint');
  const serviceTier = tierServed(stringAt(body, 'service_tier') ?? '');
  return {
    ...(upstreamId && { upstreamId }),
    ...(upstreamModel && { upstreamModel }),
    ...(created !== undefined && { createdSeconds: Math.floor(created) }),
    ...(systemFingerprint && { systemFingerprint }),
    ...(serviceTier && { serviceTier }),
  };
}

/** Members that nobody here knows, by value; nulls say nothing, and clients refuse some of them. */
export function unknownMembers(value: JsonObject, known: ReadonlySet<string>): JsonObject {
  const unknown: [string, Json][] = [];
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (!known.has(key) && member !== null && member !== undefined) unknown.push([key, member]);
  }
  return Object.fromEntries(unknown);
}
