/** What a stream consumed and delivered, read off its events: one reading for every lane and relay. */
import { type ChatEvent, isContentEvent } from '../../../core/chat-events.ts';
import { ToolCallLog } from '../../../core/tool-check.ts';
import type { StreamMeter } from '../../dialect.ts';

export function newMeter(): StreamMeter {
  return {
    hasContent: false,
    deliveredCharacters: 0,
    usage: undefined,
    finishReason: null,
    nativeFinishReason: null,
    upstreamId: undefined,
    serviceTier: undefined,
    toolCalls: new ToolCallLog(),
  };
}

export function meterEvent(meter: StreamMeter, event: ChatEvent): void {
  if (isContentEvent(event)) meter.hasContent = true;
  switch (event.type) {
    case 'response-start':
      meter.upstreamId ??= event.upstreamId;
      meter.serviceTier ??= event.serviceTier;
      return;
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      meter.deliveredCharacters += event.text.length;
      return;
    case 'tool-call-start':
      meter.toolCalls.begin(event.choice, event.index, event.name);
      return;
    case 'tool-call-delta':
      meter.deliveredCharacters += event.arguments.length;
      meter.toolCalls.add(event.choice, event.index, event.arguments);
      return;
    case 'choice-end':
      meter.finishReason = event.finishReason;
      meter.nativeFinishReason = event.nativeFinishReason;
      return;
    case 'usage':
      meter.usage = event.usage;
      return;
    case 'image-delta':
    case 'audio-delta':
    case 'annotation-delta':
    case 'logprobs-delta':
    case 'error':
      return;
  }
}
