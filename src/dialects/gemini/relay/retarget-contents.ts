/**
 * Turns for the relay lane: the same value, but for signatures. A sealed one holds the reasoning of another grammar: what of it
 * is Google's own goes back as it was, the rest goes nowhere. A model that refuses an unsigned call is given Google's stand-in,
 * as in the translate lane.
 */
import type { ReasoningDetail } from '../../../core/chat.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { Notebook } from '../../shared/notebook.ts';
import { unsealReasoning } from '../../shared/reasoning-seal.ts';
import type { WireGeminiRequest, WireRequestContent, WireRequestPart } from '../client/wire-request.ts';
import { needsSignatures } from '../model-family.ts';
import { REASONING_FORMAT, SKIP_SIGNATURE } from '../wire-types.ts';

type Contents = WireGeminiRequest['contents'];

export function retargetContents(contents: Contents, context: UpstreamContext, notes: Notebook): Contents {
  const format = context.host.quirks.reasoningFormat ?? REASONING_FORMAT;
  const signs = needsSignatures(context);
  let changed = false;
  /** A step is one turn of the model, which clients that stream send back in pieces: its first call is signed. */
  let hasCall = false;
  const next = contents.flatMap((content, at): WireRequestContent[] => {
    if (content.role !== 'model') {
      hasCall = false;
      const role = roleOf(content.role);
      changed ||= role !== content.role;
      return [role === content.role ? content : { ...content, role }];
    }
    const parts = (content.parts ?? []).flatMap((part, i): WireRequestPart[] => {
      const opened = openSeal(part, format, `contents[${at}].parts[${i}]`, notes);
      if (!opened?.functionCall) return opened ? [opened] : [];
      const isFirst = !hasCall;
      hasCall = true;
      return [
        signs && isFirst && !opened.thoughtSignature ? signed(opened, `contents[${at}].parts[${i}]`, notes) : opened,
      ];
    });
    if (parts.every((part, i) => part === content.parts?.[i]) && parts.length === content.parts?.length)
      return [content];
    changed = true;
    return parts.length > 0 ? [{ ...content, parts }] : [];
  });
  return changed ? next : contents;
}

/** Vertex AI wants a role said, and both of Google's hosts call a turn of results the user's. */
function roleOf(role: WireRequestContent['role']): WireRequestContent['role'] {
  return role === 'function' ? role : 'user';
}

function signed(part: WireRequestPart, field: string, notes: Notebook): WireRequestPart {
  notes.once(
    'skip-signature',
    'reasoning.dropped',
    field,
    "These calls carry no thought signature of this model: Gemini's documented stand-in was sent.",
  );
  return { ...part, thoughtSignature: SKIP_SIGNATURE };
}

/** The part with a signature that the host can read, or none; undefined where the signature was all it said. */
function openSeal(part: WireRequestPart, format: string, field: string, notes: Notebook): WireRequestPart | undefined {
  const sealed = part.thoughtSignature ? unsealReasoning(part.thoughtSignature) : null;
  if (!sealed) return part;
  const own = sealed.filter((detail) => detail.format === format);
  if (own.length < sealed.length || sealed.length === 0) {
    notes.once(
      'foreign-reasoning',
      'reasoning.dropped',
      `${field}.thoughtSignature`,
      'Reasoning is replayed only to models of the kind that wrote it.',
    );
  }
  const { thoughtSignature: _, ...kept } = part;
  const signature = signatureIn(own, part.functionCall?.id);
  if (signature !== undefined) return { ...kept, thoughtSignature: signature };
  return part.text === '' ? undefined : kept;
}

/** That of this very call, else the last one. */
function signatureIn(details: readonly ReasoningDetail[], callId: string | null | undefined): string | undefined {
  const bound = details.find((detail) => detail.type === 'reasoning.encrypted' && detail.id === callId);
  if (bound?.type === 'reasoning.encrypted') return bound.data;
  const signatures = details.flatMap((detail) => {
    if (detail.type === 'reasoning.encrypted') return [detail.data];
    return detail.type === 'reasoning.text' && detail.signature ? [detail.signature] : [];
  });
  return signatures.at(-1);
}
