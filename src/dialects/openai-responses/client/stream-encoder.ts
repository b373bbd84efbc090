/**
 * core events → the client's stream. What carries usage and the terminator is written by `final`, errors by `fail`, which the
 * pipeline calls once the ledger agreed; a stream never ends without one of them.
 */
import type { FinishReason } from '../../../core/chat.ts';
import type { ChatEvent } from '../../../core/chat-events.ts';
import type { GatewayError } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject } from '../../../core/json.ts';
import type { ReplyHead, SettledUsage, StreamEncoder } from '../../dialect.ts';
import { besideFailure, errorEventMembers, failureMember } from '../shared/response-failure.ts';
import { encodeUsage } from '../shared/response-usage.ts';
import type { WireResponsesRequest } from '../wire-types.ts';
import { EventLog } from './event-log.ts';
import { Output } from './output.ts';
import { outputOptions } from './output-options.ts';
import { endOf, responseBase } from './response-object.ts';

const DONE = 'data: [DONE]\n\n';

export function openResponsesEncoder(head: ReplyHead, wire: WireResponsesRequest): StreamEncoder {
  return new ResponsesEncoder(head, wire);
}

class ResponsesEncoder implements StreamEncoder {
  readonly #log = new EventLog();
  readonly #output: Output;
  readonly #base: JsonObject;
  #serviceTier: string | undefined;
  #hasBegun = false;
  #finish: FinishReason | null = null;
  #nativeFinish: string | null = null;

  constructor(head: ReplyHead, wire: WireResponsesRequest) {
    this.#base = responseBase(wire, head);
    this.#output = new Output(outputOptions(wire, head, this.#log));
  }

  push(event: ChatEvent): string {
    if (event.type === 'response-start') {
      this.#serviceTier = event.serviceTier ?? this.#serviceTier;
      return '';
    }
    this.#begin();
    this.#write(event);
    return this.#log.take();
  }

  final(settled: SettledUsage): string {
    this.#begin();
    this.#output.end(this.#finish);
    const end = endOf(this.#finish, this.#nativeFinish);
    const response: JsonObject = {
      ...this.#base,
      ...end,
      ...(this.#serviceTier && { service_tier: this.#serviceTier }),
      output: this.#output.items('completed'),
      usage: encodeUsage(settled),
      ...(settled.routerMetadata && { openrouter_metadata: settled.routerMetadata }),
    };
    const { status, error } = response;
    if (isJsonObject(error)) this.#log.emit('error', { ...error, param: null });
    this.#log.emit(`response.${status}`, { response });
    return this.#log.take() + (status === 'failed' ? '' : DONE);
  }

  fail(error: GatewayError, routerMetadata?: JsonObject): string {
    this.#begin();
    this.#log.emit('error', errorEventMembers(error));
    const response = {
      ...this.#base,
      status: 'failed',
      error: failureMember(error),
      output: this.#output.items('incomplete'),
      ...besideFailure(error, routerMetadata),
    };
    this.#log.emit('response.failed', { response });
    return this.#log.take();
  }

  keepAlive(): string {
    return ': OPENROUTER PROCESSING\n\n';
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#log.emit('response.created', { response: this.#base });
    this.#log.emit('response.in_progress', { response: this.#base });
  }

  #write(event: Exclude<ChatEvent, { type: 'response-start' }>): void {
    const output = this.#output;
    switch (event.type) {
      case 'text-delta':
        output.text(event.text, event.logprobs);
        return;
      case 'reasoning-delta':
        output.reasoning(event.text, event.details, false);
        return;
      case 'refusal-delta':
        output.refusal(event.text);
        return;
      case 'tool-call-start':
        output.startCall(`${event.choice}:${event.index}`, event.id, event.name, event.custom === true);
        return;
      case 'tool-call-delta':
        output.writeCall(`${event.choice}:${event.index}`, event.arguments);
        return;
      case 'image-delta':
        output.image(event.url);
        return;
      case 'annotation-delta':
        output.annotate(event.annotations);
        return;
      case 'logprobs-delta':
        output.text('', event.logprobs);
        return;
      case 'choice-end':
        this.#finish ??= event.finishReason;
        this.#nativeFinish ??= event.nativeFinishReason;
        output.end(this.#finish);
        return;
      // Sound has no place here: the grammar's requests cannot ask for it.
      case 'audio-delta':
      case 'usage':
      case 'error':
        return;
    }
  }
}
