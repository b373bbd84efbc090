/** Messages for the relay lane: the same array where the host takes it as it is, which is nearly always. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { Note } from '../../core/note.ts';
import type { UpstreamContext } from '../dialect.ts';
import { nineCharacterId } from '../shared/upstream/tool-ids.ts';
import { decodeReasoningDetail, detailsAsWritten, reasoningTextOf } from './reasoning-details.ts';

/** Members of an assistant turn that OpenRouter's contract adds; hosts of the plain grammar do not know them. */
const ASSISTANT_EXTRAS = ['reasoning', 'reasoning_content', 'reasoning_details', 'images', 'annotations', 'model'];

/** Of these, hosts have words of their own for the text. */
const PLAIN_TEXT: readonly string[] = ['reasoning', 'reasoning_content'];

export function retargetMessages(
  messages: readonly JsonObject[],
  isThinking: boolean,
  context: UpstreamContext,
  notes: Note[],
): readonly Json[] {
  let changed = false;
  const target: Target = { context, notes, isThinking };
  const retargeted = messages.map((message, i) => {
    const next = retargetMessage(message, `messages[${i}]`, target);
    if (next !== message) changed = true;
    return next;
  });
  return changed ? retargeted : messages;
}

interface Target {
  readonly context: UpstreamContext;
  readonly notes: Note[];
  readonly isThinking: boolean;
}

function retargetMessage(message: JsonObject, path: string, target: Target): JsonObject {
  const { context, notes } = target;
  const { quirks } = context.host;
  let next = message;
  if (message['role'] === 'developer' && !quirks.developerRole) next = { ...next, role: 'system' };
  if (message['role'] === 'assistant') next = retargetAssistant(next, path, target);
  if (message['role'] === 'tool' && quirks.nineCharacterToolIds && typeof message['tool_call_id'] === 'string') {
    next = { ...next, tool_call_id: nineCharacterId(message['tool_call_id']) };
  }
  if (isJsonArray(next['content'])) {
    const parts = retargetParts(next['content'], `${path}.content`, context, notes);
    const most = next['role'] === 'user' ? 1 : parts.length;
    const content = quirks.cacheControl ? parts : (asText(parts, most) ?? parts);
    if (content !== next['content']) next = { ...next, content };
  }
  if (next['cache_control'] !== undefined && !quirks.cacheControl) {
    const { cache_control: _, ...rest } = next;
    notes.push(cacheNote(`${path}.cache_control`, context));
    next = rest;
  }
  return next;
}

function retargetAssistant(message: JsonObject, path: string, target: Target): JsonObject {
  const { quirks } = target.context.host;
  const needsIds = quirks.nineCharacterToolIds && isJsonArray(message['tool_calls']);
  const hasExtras = ASSISTANT_EXTRAS.some((key) => message[key] !== undefined);
  const needsReasoning = quirks.requiresReasoningContent && target.isThinking && isJsonArray(message['tool_calls']);
  if (!hasExtras && !needsIds && !needsReasoning) return message;
  const next: MutableJsonObject = { ...message };
  if (hasExtras || needsReasoning) replayReasoning(next, path, target);
  if (needsIds && isJsonArray(next['tool_calls'])) {
    next['tool_calls'] = next['tool_calls'].map((call) =>
      isJsonObject(call) && typeof call['id'] === 'string' ? { ...call, id: nineCharacterId(call['id']) } : call,
    );
  }
  return next;
}

/** Puts the turn's reasoning where the host wants it back, or leaves it out with a note (docs/sources.md). */
function replayReasoning(message: MutableJsonObject, path: string, { context, notes, isThinking }: Target): void {
  const { quirks, providerName } = context.host;
  const details = message['reasoning_details'];
  const said = [message['reasoning'], message['reasoning_content']].find((value) => typeof value === 'string' && value);
  const text = said ?? textOfDetails(details);
  const replay = quirks.reasoningReplay ?? 'drop';
  if (replay === 'reasoning_details') {
    // The host speaks the whole contract.
    if (details !== undefined) message['reasoning_details'] = detailsAsWritten(details);
    return;
  }
  const asWritten = replay === 'as-written' && said ? PLAIN_TEXT.filter((key) => message[key]) : [];
  for (const key of ASSISTANT_EXTRAS) if (!asWritten.includes(key)) delete message[key];
  if (asWritten.length > 0) return;
  if (replay === 'drop' || replay === 'as-written') {
    if (text || (isJsonArray(details) && details.length > 0)) {
      notes.push({
        code: 'reasoning.dropped',
        field: `${path}.reasoning`,
        message: `${providerName} takes no reasoning back`,
      });
    }
    return;
  }
  if (text) message[replay] = text;
  else if (quirks.requiresReasoningContent && isThinking && isJsonArray(message['tool_calls'])) message[replay] = '';
}

/** OpenRouter's documentation tells callers to replay the details: the text beside them is often left out. */
function textOfDetails(details: Json | undefined): string {
  if (!isJsonArray(details)) return '';
  return reasoningTextOf(details.filter(isJsonObject).flatMap((detail) => decodeReasoningDetail(detail) ?? []));
}

/** At most so many parts that say nothing but text, as the one string that every host takes; undefined where they say more. */
function asText(parts: readonly Json[], most: number): string | undefined {
  if (parts.length > most || parts.length === 0) return undefined;
  let text = '';
  for (const part of parts) {
    if (!isJsonObject(part) || part['type'] !== 'text' || typeof part['text'] !== 'string') return undefined;
    if (Object.keys(part).length > 2) return undefined;
    text += part['text'];
  }
  return text;
}

function retargetParts(parts: readonly Json[], path: string, context: UpstreamContext, notes: Note[]): readonly Json[] {
  const { quirks } = context.host;
  let changed = false;
  const next = parts.map((part, i) => {
    if (!isJsonObject(part)) return part;
    let kept = part;
    if (part['cache_control'] !== undefined && !quirks.cacheControl) {
      const { cache_control: _, ...rest } = part;
      notes.push(cacheNote(`${path}[${i}].cache_control`, context));
      kept = rest;
    }
    if (quirks.plainMediaUrls) kept = withPlainUrl(kept);
    if (kept !== part) changed = true;
    return kept;
  });
  return changed ? next : parts;
}

/** `{image_url: {url}}` → `{image_url: url}`, `{input_audio: {data}}` → `{input_audio: data}`. */
function withPlainUrl(part: JsonObject): JsonObject {
  const { type, image_url: image, input_audio: audio } = part;
  if (type === 'image_url' && isJsonObject(image)) return { ...part, image_url: image['url'] };
  if (type === 'input_audio' && isJsonObject(audio)) return { ...part, input_audio: audio['data'] };
  return part;
}

function cacheNote(field: string, context: UpstreamContext): Note {
  return { code: 'parameter.dropped', field, message: `${context.host.providerName} caches prompts by itself` };
}
