/** Reads response objects, one for a whole reply or many for a stream, into events (docs/sources.md). */
import type { ChatEvent } from '../../core/chat-events.ts';
import { GatewayError } from '../../core/errors.ts';
import { arrayAt, isJsonArray, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import { tryParseJson } from '../../wire/json.ts';
import type { UpstreamContext } from '../dialect.ts';
import { type ChoiceReader, openChoiceReader } from './choice-reader.ts';
import { decodeErrorBody } from './errors.ts';
import { geminiVersion } from './model-family.ts';
import { decodeUsage, serviceTierOf } from './usage.ts';
import { finishReasonName } from './wire-types.ts';

export interface ReplyReader {
  /** One response object, or an array of them. @throws GatewayError where it is an error or no answer of this grammar */
  read(value: Json): readonly ChatEvent[];
  /** A piece of text of an object of a known form, which is not parsed unless its usage is wanted. */
  say(choice: number, text: string, data: string): ChatEvent;
  /** The last usage as the host wrote it. */
  usage(): JsonObject | undefined;
  /** Whether every candidate seen has its finish reason, or the prompt was blocked. */
  isFinished(): boolean;
  /** The end of all candidates and the last usage. `fallback`: the finish reason where the provider gave none. */
  close(fallback: string | null): readonly ChatEvent[];
  /** Only the usage: for a reply that broke off. */
  closeBroken(): readonly ChatEvent[];
}

/** Members of which every answer has at least one. */
const MEMBERS = ['candidates', 'promptFeedback', 'usageMetadata', 'responseId', 'modelVersion'];

export function openReplyReader(context: UpstreamContext): ReplyReader {
  const choices = new Map<number, ChoiceReader>();
  let started = false;
  let blockReason: string | null = null;
  let lastUsage: JsonObject | undefined;
  /** The last object that was not parsed. */
  let unread: string | undefined;

  const usage = (): JsonObject | undefined => {
    const value = unread === undefined ? undefined : tryParseJson(unread);
    unread = undefined;
    if (isJsonObject(value)) lastUsage = objectAt(value, 'usageMetadata') ?? lastUsage;
    return lastUsage;
  };

  const choiceOf = (index: number): ChoiceReader => {
    const known = choices.get(index);
    if (known) return known;
    const reader = openChoiceReader(index);
    choices.set(index, reader);
    return reader;
  };

  const readObject = (body: JsonObject, events: ChatEvent[]): void => {
    if (body['error'] !== undefined) throw decodeErrorBody(body, context);
    if (!MEMBERS.some((member) => member in body)) throw noAnswer(context);
    lastUsage = objectAt(body, 'usageMetadata') ?? usage();
    unread = undefined;
    if (!started) {
      started = true;
      events.push(startOf(body));
    }
    const feedback = objectAt(body, 'promptFeedback');
    blockReason = finishReasonName(feedback?.['blockReason']) ?? blockReason;
    const responseId = stringAt(body, 'responseId');
    (arrayAt(body, 'candidates') ?? []).forEach((candidate, position) => {
      if (!isJsonObject(candidate)) return;
      const index = candidate['index'];
      choiceOf(typeof index === 'number' ? index : position).read(candidate, responseId, events);
    });
  };

  const closeUsage = (events: ChatEvent[]): void => {
    const decoded = decodeUsage(usage(), searchesOf(choices, context));
    if (decoded) events.push({ type: 'usage', usage: decoded });
  };

  return {
    read(value) {
      const events: ChatEvent[] = [];
      const bodies = isJsonArray(value) ? value : [value];
      for (const body of bodies) {
        if (!isJsonObject(body)) throw noAnswer(context);
        readObject(body, events);
      }
      return events;
    },
    say(choice, text, data) {
      unread = data;
      return choiceOf(choice).say(text);
    },
    usage,
    isFinished: () =>
      choices.size > 0 ? [...choices.values()].every((choice) => choice.finishName() !== null) : blockReason !== null,
    close(fallback) {
      const events: ChatEvent[] = [];
      // A blocked prompt has no candidate: the answer is one empty choice that says so (docs/sources.md).
      if (choices.size === 0 && blockReason !== null) {
        events.push({ type: 'choice-end', choice: 0, finishReason: 'content_filter', nativeFinishReason: blockReason });
      }
      for (const [, choice] of [...choices].sort(([a], [b]) => a - b)) choice.close(fallback, events);
      closeUsage(events);
      return events;
    },
    closeBroken() {
      const events: ChatEvent[] = [];
      closeUsage(events);
      return events;
    },
  };
}

function startOf(body: JsonObject): ChatEvent {
  const upstreamId = stringAt(body, 'responseId');
  const upstreamModel = stringAt(body, 'modelVersion');
  const createdMs = Date.parse(stringAt(body, 'createTime') ?? '');
  const serviceTier = serviceTierOf(objectAt(body, 'usageMetadata'));
  return {
    type: 'response-start',
    ...(upstreamId && { upstreamId }),
    ...(upstreamModel && { upstreamModel }),
    ...(Number.isFinite(createdMs) && { createdSeconds: Math.floor(createdMs / 1000) }),
    ...(serviceTier !== undefined && { serviceTier }),
  };
}

/** From Gemini 3 on each query is billed, before it each grounded prompt (https://ai.google.dev/gemini-api/docs/pricing). */
function searchesOf(choices: ReadonlyMap<number, ChoiceReader>, context: UpstreamContext): number {
  let queries = 0;
  for (const choice of choices.values()) queries += choice.searches();
  const version = geminiVersion(context.upstreamModel);
  return version !== null && version < 3 ? Math.min(queries, 1) : queries;
}

function noAnswer(context: UpstreamContext): GatewayError {
  const { providerName } = context.host;
  return new GatewayError(
    'provider.bad_answer',
    `${providerName} sent something that is no generateContent answer. Check the provider's address and dialect.`,
    { providerName },
  );
}
