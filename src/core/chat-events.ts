/**
 * The core's stream events: what every stream decoder gives and every stream encoder takes. Named `noun-action`.
 * A choice's content is its deltas in order; `choice` is the choice's index (0 unless n > 1).
 */
import type { AudioOutput, FinishReason, ReasoningDetail } from './chat.ts';
import type { GatewayError } from './errors.ts';
import type { Json } from './json.ts';
import type { Usage } from './usage.ts';

export type ChatEvent =
  | {
      readonly type: 'response-start';
      readonly upstreamId?: string;
      readonly upstreamModel?: string;
      readonly createdSeconds?: number;
      readonly systemFingerprint?: string;
      readonly serviceTier?: string;
    }
  | { readonly type: 'text-delta'; readonly choice: number; readonly text: string; readonly logprobs?: Json }
  | {
      /** `text` is what a reader sees (may be empty); `details` are the pieces to replay, as fragments that fold by index. */
      readonly type: 'reasoning-delta';
      readonly choice: number;
      readonly text: string;
      readonly details: readonly ReasoningDetail[];
    }
  | { readonly type: 'refusal-delta'; readonly choice: number; readonly text: string }
  | {
      readonly type: 'tool-call-start';
      readonly choice: number;
      /** Position among this choice's tool calls: 0, 1, 2 … */
      readonly index: number;
      readonly id: string;
      readonly name: string;
      /** A custom tool's call: its deltas are free text. */
      readonly custom?: true;
    }
  | { readonly type: 'tool-call-delta'; readonly choice: number; readonly index: number; readonly arguments: string }
  | { readonly type: 'image-delta'; readonly choice: number; readonly url: string }
  | { readonly type: 'audio-delta'; readonly choice: number; readonly audio: AudioOutput }
  | { readonly type: 'annotation-delta'; readonly choice: number; readonly annotations: readonly Json[] }
  | { readonly type: 'logprobs-delta'; readonly choice: number; readonly logprobs: Json }
  | {
      readonly type: 'choice-end';
      readonly choice: number;
      readonly finishReason: FinishReason;
      readonly nativeFinishReason: string;
    }
  | { readonly type: 'usage'; readonly usage: Usage }
  /** The provider's error inside a stream; the decoder's `end` then answers this error. */
  | { readonly type: 'error'; readonly error: GatewayError };

/** Why the bytes stopped: the decoder is always told, so that a cut stream cannot pass as success by forgetting. */
export type EndReason = 'upstream-end' | 'upstream-cut' | 'client-gone' | 'deadline';

/** Whether an event is content: after the first one is forwarded, no fallback is possible. */
export function isContentEvent(event: ChatEvent): boolean {
  switch (event.type) {
    case 'text-delta':
    case 'refusal-delta':
      return event.text.length > 0;
    case 'reasoning-delta':
      return event.text.length > 0 || event.details.length > 0;
    case 'tool-call-start':
    case 'tool-call-delta':
    case 'image-delta':
    case 'audio-delta':
      return true;
    case 'response-start':
    case 'annotation-delta':
    case 'logprobs-delta':
    case 'choice-end':
    case 'usage':
    case 'error':
      return false;
  }
}
