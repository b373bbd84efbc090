/**
 * core events → the client's stream: every frame is a whole response object with the next parts. The last one, with the finish
 * reasons and the usage, is written by `final`, once the ledger agreed.
 */
import type { ChatEvent } from '../../../core/chat-events.ts';
import type { GatewayError } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { ReplyHead, SettledUsage, StreamEncoder } from '../../dialect.ts';
import type { WirePart } from '../wire-types.ts';
import { ChoiceWriter } from './choice-writer.ts';
import { encodeError } from './errors.ts';
import { type FrameWriter, openFrames } from './framing.ts';
import { candidateOf, closingMembers } from './response.ts';
import type { WireGeminiRequest } from './wire-request.ts';

export function openEncoder(head: ReplyHead, wire: WireGeminiRequest): StreamEncoder {
  return new GeminiEncoder(head, openFrames(wire));
}

class GeminiEncoder implements StreamEncoder {
  readonly #head: ReplyHead;
  readonly #frames: FrameWriter;
  readonly #choices = new Map<number, ChoiceWriter>();
  /** What closes every frame: written once. */
  readonly #closing: string;
  #serviceTier: string | undefined;

  constructor(head: ReplyHead, frames: FrameWriter) {
    this.#head = head;
    this.#frames = frames;
    this.#closing = `,"modelVersion":${JSON.stringify(head.model)},"responseId":${JSON.stringify(head.id)}}`;
  }

  push(event: ChatEvent): string {
    if (event.type === 'response-start') this.#serviceTier = event.serviceTier ?? this.#serviceTier;
    if (!('choice' in event)) return '';
    const writer = this.#writerOf(event.choice);
    return this.#say(writer.index, writer.push(event));
  }

  final(settled: SettledUsage): string {
    let text = '';
    const candidates: JsonObject[] = [];
    for (const writer of this.#choices.values()) {
      text += this.#say(writer.index, writer.end());
      candidates.push(candidateOf(writer, []));
    }
    const last = { candidates, ...closingMembers(this.#head, settled, this.#serviceTier) };
    return text + this.#frames.frame(JSON.stringify(last)) + this.#frames.close();
  }

  fail(error: GatewayError, routerMetadata?: JsonObject): string {
    const body = encodeError(error, routerMetadata, this.#head.id);
    return this.#frames.error(JSON.stringify(body)) + this.#frames.close();
  }

  keepAlive(): string {
    return this.#frames.keepAlive();
  }

  #writerOf(index: number): ChoiceWriter {
    const known = this.#choices.get(index);
    if (known) return known;
    const writer = new ChoiceWriter(index, !this.#head.excludeReasoning);
    this.#choices.set(index, writer);
    return writer;
  }

  /** A frame a part, as Google sends them. */
  #say(index: number, parts: readonly WirePart[]): string {
    let text = '';
    for (const part of parts) {
      const content = `{"candidates":[{"content":{"parts":[${JSON.stringify(part)}],"role":"model"},"index":${index}}]`;
      text += this.#frames.frame(content + this.#closing);
    }
    return text;
  }
}
