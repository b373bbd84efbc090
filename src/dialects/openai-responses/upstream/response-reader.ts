/** What a response says around its items: who answers, how it ended, what it consumed. Shared by streams and whole replies. */
import type { FinishReason } from '../../../core/chat.ts';
import type { ChatEvent } from '../../../core/chat-events.ts';
import { type JsonObject, numberAt, objectAt, stringAt } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { tierServed } from '../../shared/gateway/service-tier.ts';
import { finishWithCalls, toFinishReason } from '../../shared/openai/finish-reason.ts';
import { ItemReader } from './item-reader.ts';
import { outputOf, usageOf } from './usage.ts';

export class ResponseReader {
  readonly items: ItemReader;
  readonly #context: UpstreamContext;
  #hasHead = false;

  constructor(context: UpstreamContext) {
    this.#context = context;
    this.items = new ItemReader(context);
  }

  /** Who answers; told once. The tier is told at the end: before it stands what was asked for. */
  head(response: JsonObject): ChatEvent[] {
    const upstreamId = stringAt(response, 'id');
    if (this.#hasHead || !upstreamId) return [];
    this.#hasHead = true;
    const upstreamModel = stringAt(response, 'model');
    const created = numberAt(response, 'created_at');
    return [
      {
        type: 'response-start',
        upstreamId,
        ...(upstreamModel && { upstreamModel }),
        ...(created !== undefined && { createdSeconds: Math.floor(created) }),
      },
    ];
  }

  /** Everything that a finished response says and no fragment said. */
  finish(response: JsonObject): ChatEvent[] {
    const events = this.head(response);
    // Asked before any of them is read: xAI gives a search and its reasoning the same id.
    const unread = [...outputOf(response).entries()].filter(
      ([index, item]) => !this.items.hasRead(index, stringAt(item, 'id')),
    );
    for (const [index, item] of unread) for (const event of this.items.close({ index }, item)) events.push(event);
    const tier = tierServed(stringAt(response, 'service_tier') ?? '');
    if (tier) events.push({ type: 'response-start', serviceTier: tier });
    events.push({ type: 'choice-end', choice: 0, ...this.#endOf(response) });
    const usage = this.usage(response);
    if (usage) events.push(usage);
    return events;
  }

  usage(response: JsonObject): ChatEvent | undefined {
    const usage = usageOf(response, this.items.searches, this.#context.host);
    return usage && { type: 'usage', usage };
  }

  #endOf(response: JsonObject): { readonly finishReason: FinishReason; readonly nativeFinishReason: string } {
    const reason = stringAt(objectAt(response, 'incomplete_details') ?? {}, 'reason');
    const native = reason ?? stringAt(response, 'status') ?? 'completed';
    const finishReason = toFinishReason(native);
    // A refusal is an answer that is complete, as in the chat grammar: its text says what it is.
    return { finishReason: finishWithCalls(finishReason, this.items.hasCalls), nativeFinishReason: native };
  }
}
