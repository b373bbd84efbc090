/** An assistant turn as model parts, with thoughts and thought signatures back on the parts they came from. */
import type { AssistantMessage, ReasoningDetail, ToolCall } from '../../../core/chat.ts';
import { isJsonObject, type JsonObject } from '../../../core/json.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { SKIP_SIGNATURE, type WirePart } from '../wire-types.ts';
import { encodeMedia } from './media.ts';
import { parseJson } from './tool-results.ts';

export interface AssistantRules {
  readonly reasoningFormat: string;
  /** The model refuses a call without a signature: one that has none gets the documented stand-in. */
  readonly signatures: boolean;
  readonly callIds: boolean;
}

export function encodeAssistant(
  message: AssistantMessage,
  field: string,
  rules: AssistantRules,
  notes: Notebook,
): WirePart[] {
  const own = message.reasoningDetails.filter((detail) => detail.format === rules.reasoningFormat);
  const isForeign = own.length < message.reasoningDetails.length || (message.reasoning && own.length === 0);
  if (isForeign) {
    notes.once(
      'foreign-reasoning',
      'reasoning.dropped',
      `${field}.reasoning_details`,
      'Reasoning is replayed only to models of the kind that wrote it.',
    );
  }
  const signatures = openSignatures(own);
  const parts = [...encodeThoughts(own), ...encodeContent(message, field, signatures, notes)];
  const calls = message.toolCalls.map((call, i) =>
    encodeCall(call, `${field}.tool_calls[${i}]`, signatures.ofCall(call.id), rules, notes),
  );
  const [first, ...rest] = calls;
  // A signature without a part of its own belongs to the first call; without calls, to an empty text as Gemini sends it.
  const loose = first?.thoughtSignature === undefined ? signatures.takeLoose() : undefined;
  if (first) parts.push(signFirst(first, loose, field, rules, notes), ...rest);
  else if (loose !== undefined) parts.push({ text: '', thoughtSignature: loose });
  if (signatures.left() > 0) {
    notes.add('reasoning.dropped', `${field}.reasoning_details`, 'Signatures of parts that are not in this message.');
  }
  return parts;
}

function signFirst(
  call: WirePart,
  loose: string | undefined,
  field: string,
  rules: AssistantRules,
  notes: Notebook,
): WirePart {
  if (call.thoughtSignature !== undefined) return call;
  if (loose !== undefined) return { ...call, thoughtSignature: loose };
  if (!rules.signatures) return call;
  notes.once(
    'skip-signature',
    'reasoning.dropped',
    `${field}.tool_calls`,
    "These calls carry no thought signature (another model made them, or the caller left reasoning_details out): Gemini's documented stand-in was sent.",
  );
  return { ...call, thoughtSignature: SKIP_SIGNATURE };
}

function encodeThoughts(details: readonly ReasoningDetail[]): WirePart[] {
  return details.flatMap((detail) => {
    if (detail.type !== 'reasoning.text' || !detail.text) return [];
    return [{ text: detail.text, thought: true, ...(detail.signature && { thoughtSignature: detail.signature }) }];
  });
}

function encodeContent(message: AssistantMessage, field: string, signatures: Signatures, notes: Notebook): WirePart[] {
  const parts: WirePart[] = [];
  let images = 0;
  let lastText = -1;
  message.content.forEach((part, i) => {
    if (part.type === 'text') {
      if (part.text === '') return;
      lastText = parts.length;
      parts.push({ text: part.text });
      return;
    }
    const media = encodeMedia(part, `${field}.content[${i}]`, notes);
    if (!media) return;
    const signature = part.type === 'image' ? signatures.ofImage(images++) : undefined;
    parts.push(signature === undefined ? media : { ...media, thoughtSignature: signature });
  });
  if (message.refusal) {
    notes.add('part.converted', `${field}.refusal`, 'Gemini has no refusal part; it was sent as text.');
    lastText = parts.length;
    parts.push({ text: message.refusal });
  }
  const last = parts[lastText];
  const loose = last ? signatures.takeLoose() : undefined;
  if (last && loose !== undefined) parts[lastText] = { ...last, thoughtSignature: loose };
  return prefixName(parts, message.name);
}

/** OpenRouter says a name as `name: content` to models without the field (OpenRouter's API). */
export function prefixName(parts: WirePart[], name: string | undefined): WirePart[] {
  if (name === undefined || parts.length === 0) return parts;
  const at = parts.findIndex((part) => part.text !== undefined && !part.thought);
  const target = parts[at];
  if (!target) return [{ text: `${name}:` }, ...parts];
  return parts.with(at, { ...target, text: `${name}: ${target.text ?? ''}` });
}

function encodeCall(
  call: ToolCall,
  field: string,
  signature: string | undefined,
  rules: AssistantRules,
  notes: Notebook,
): WirePart {
  return {
    functionCall: { ...(rules.callIds && { id: call.id }), name: call.name, args: argsOf(call, field, notes) },
    ...(signature !== undefined && { thoughtSignature: signature }),
  };
}

function argsOf(call: ToolCall, field: string, notes: Notebook): JsonObject {
  const text = call.arguments;
  if (text.trim() === '') return {};
  const value = parseJson(text);
  if (isJsonObject(value)) return value;
  notes.add(
    'tool.changed',
    `${field}.function.arguments`,
    'The arguments are no JSON object; they were sent as {"_raw": …}.',
  );
  return { _raw: text };
}

interface Signatures {
  ofCall(id: string): string | undefined;
  ofImage(index: number): string | undefined;
  /** The last signature that names no part. */
  takeLoose(): string | undefined;
  left(): number;
}

/** Signatures by the part they came from: a call's id, `image_<n>`, or no id for text. */
function openSignatures(details: readonly ReasoningDetail[]): Signatures {
  const byPart = new Map<string, string>();
  const loose: string[] = [];
  for (const detail of details) {
    if (detail.type === 'reasoning.encrypted') {
      if (detail.id) byPart.set(detail.id, detail.data);
      else loose.push(detail.data);
    } else if (detail.type === 'reasoning.text' && detail.signature && !detail.text) {
      loose.push(detail.signature);
    }
  }
  const take = (part: string): string | undefined => {
    const signature = byPart.get(part);
    byPart.delete(part);
    return signature;
  };
  return {
    ofCall: take,
    ofImage: (index) => take(`image_${index}`),
    takeLoose: () => loose.pop(),
    left: () => byPart.size + loose.length,
  };
}
