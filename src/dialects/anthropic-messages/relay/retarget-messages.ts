/** Messages for the relay lane: the same array where the host takes it as it is, which is nearly always. */
import type { ReasoningDetail } from '../../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, stringAt } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { GO_ON } from '../../shared/claude/ending.ts';
import { THINKING_FORMAT } from '../../shared/claude/thinking.ts';
import { plainId } from '../../shared/claude/unique-tool-ids.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { unsealReasoning } from '../../shared/reasoning-seal.ts';
import type { WireMessagesRequest } from '../client/schema.ts';

export function retargetMessages(
  wire: WireMessagesRequest,
  context: UpstreamContext,
  notes: Notebook,
): readonly Json[] {
  const messages: readonly JsonObject[] = wire.messages;
  const kept = messages.flatMap((message, at) => retargetMessage(message, `messages[${at}]`, context, notes));
  const changed = kept.length !== messages.length || kept.some((message, at) => message !== messages[at]);
  const sent = changed ? kept : messages;
  return isRefusedPrefill(sent, context) ? goOn(sent, notes) : sent;
}

function retargetMessage(
  message: JsonObject,
  path: string,
  context: UpstreamContext,
  notes: Notebook,
): readonly JsonObject[] {
  if (message['role'] === 'system' && !takesSystemTurns(context)) return [asUserText(message, path, notes)];
  const { content } = message;
  if (!isJsonArray(content)) return [message];
  const blocks = content.flatMap((block, at): readonly Json[] =>
    isJsonObject(block) ? retargetBlock(block, `${path}.content[${at}]`, context, notes) : [block],
  );
  if (blocks.length === content.length && blocks.every((block, at) => block === content[at])) return [message];
  // A turn of thinking alone that nobody may read is no turn.
  return blocks.length === 0 ? [] : [{ ...message, content: blocks }];
}

/** Instructions in the course of the conversation are for the models that take no sampling parameters, and for models unknown. */
function takesSystemTurns({ traits }: UpstreamContext): boolean {
  const { sampling, reasoning, maxOutputTokens } = traits;
  return sampling === false || reasoning?.assumed === true || (!reasoning && maxOutputTokens === undefined);
}

/** In its place: to hoist it would change its meaning and the cache of everything before it. */
function asUserText(message: JsonObject, path: string, notes: Notebook): JsonObject {
  const { content } = message;
  const blocks: readonly Json[] = isJsonArray(content) ? content : [{ type: 'text', text: content ?? '' }];
  if (!blocks.every((block) => isJsonObject(block) && block['type'] === 'text')) return message;
  notes.add('message.changed', path, 'A system message inside the conversation is sent as user text, in its place.');
  const said = blocks.filter(isJsonObject).map((block) => ({
    ...block,
    text: `<system>\n${stringAt(block, 'text') ?? ''}\n</system>`,
  }));
  return { ...message, role: 'user', content: said };
}

function retargetBlock(
  block: JsonObject,
  path: string,
  context: UpstreamContext,
  notes: Notebook,
): readonly JsonObject[] {
  switch (block['type']) {
    case 'thinking':
      return retargetThinking(block, stringAt(block, 'signature') ?? '', path, context, notes);
    case 'redacted_thinking':
      return retargetThinking(block, stringAt(block, 'data') ?? '', path, context, notes);
    case 'tool_use':
      return [withPlainId(block, 'id', path, notes)];
    case 'tool_result':
      return [withPlainId(block, 'tool_use_id', path, notes)];
    default:
      return [block];
  }
}

/** Ids of calls that another grammar made may hold any character. */
function withPlainId(block: JsonObject, key: 'id' | 'tool_use_id', path: string, notes: Notebook): JsonObject {
  const id = stringAt(block, key) ?? '';
  const plain = plainId(id);
  if (plain === id) return block;
  notes.add('tool.changed', `${path}.${key}`, `The id is sent as ${plain}: it must be plain.`);
  return { ...block, [key]: plain };
}

/** Thinking goes back to the signer it came from, and to nobody else. */
function retargetThinking(
  block: JsonObject,
  proof: string,
  path: string,
  { host }: UpstreamContext,
  notes: Notebook,
): readonly JsonObject[] {
  const { reasoningFormat } = host.quirks;
  const drop = (why: string): readonly JsonObject[] => {
    notes.once(`thinking ${why}`, 'reasoning.dropped', path, `Not sent back: ${why}.`);
    return [];
  };
  const sealed = unsealReasoning(proof);
  if (sealed === null) {
    if (reasoningFormat === undefined) return [block];
    if (reasoningFormat !== THINKING_FORMAT) return drop('another provider signed it');
    // The grammar's owner takes no thinking without its signature.
    return proof === '' ? drop('it carries no signature') : [block];
  }
  const format = reasoningFormat ?? THINKING_FORMAT;
  const own = sealed.filter((detail) => detail.format === format);
  if (own.length === 0) return drop('another provider wrote it');
  return own.flatMap(asBlock);
}

function asBlock(detail: ReasoningDetail): readonly JsonObject[] {
  switch (detail.type) {
    case 'reasoning.text':
      return [{ type: 'thinking', thinking: detail.text ?? '', signature: detail.signature ?? '' }];
    case 'reasoning.encrypted':
      return [{ type: 'redacted_thinking', data: detail.data }];
    case 'reasoning.summary':
      return [];
  }
}

/** A turn of the model that ends in text asks it to go on from there; one that ends in a server's tool call does not. */
function isRefusedPrefill(messages: readonly JsonObject[], { traits }: UpstreamContext): boolean {
  const last = messages.at(-1);
  if (traits.prefill !== false || last?.['role'] !== 'assistant') return false;
  const { content } = last;
  const tail = isJsonArray(content) ? content.at(-1) : undefined;
  return typeof content === 'string' || (isJsonObject(tail) && tail['type'] === 'text');
}

function goOn(messages: readonly JsonObject[], notes: Notebook): readonly JsonObject[] {
  const why = 'The model takes no prefill; a user message asks it to go on from there.';
  notes.add('message.changed', 'messages', why);
  return [...messages, { role: 'user', content: [{ type: 'text', text: GO_ON }] }];
}
