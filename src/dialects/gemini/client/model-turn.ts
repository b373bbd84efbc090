/**
 * A model turn, wire → core. The core's assistant message reads reasoning, content, tool calls; parts in another order make
 * several messages in a row. Signatures come back as the reasoning details that they were: a sealed one holds details of another
 * grammar, any other is one of Google's, bound to the part that carries it. A turn may come back as the pieces that it was
 * streamed in, each a part or even a content of its own (Google's client keeps a chat so): its text is one text again.
 */
import type { AssistantMessage, Part, ReasoningDetail, ToolCall } from '../../../core/chat.ts';
import { readableText } from '../../../core/fold.ts';
import type { Note } from '../../../core/note.ts';
import { unsealReasoning } from '../../shared/reasoning-seal.ts';
import { REASONING_FORMAT, SKIP_SIGNATURE } from '../wire-types.ts';
import { argumentsText, codeText } from './call-text.ts';
import { decodeBlob, decodeFile } from './media.ts';
import type { WireFunctionCall, WireRequestPart } from './wire-request.ts';

/** The id of the next call: the caller's own, or one made for it. */
type NameCall = (call: WireFunctionCall) => string;

export interface OpenModelTurn {
  add(parts: readonly WireRequestPart[], path: string): void;
  messages(): readonly AssistantMessage[];
}

export function openModelTurn(nameCall: NameCall, notes: Note[]): OpenModelTurn {
  const turn = new ModelTurn();
  return {
    add(parts, path) {
      parts.forEach((part, at) => {
        addPart(turn, part, `${path}.parts[${at}]`, nameCall, notes);
      });
    },
    messages: () => turn.messages(),
  };
}

function addPart(turn: ModelTurn, part: WireRequestPart, field: string, nameCall: NameCall, notes: Note[]): void {
  const signature = part.thoughtSignature || undefined;
  if (isThought(part)) turn.addThought(part.text ?? '', signature);
  else if (part.functionCall) {
    const call = { id: nameCall(part.functionCall), name: part.functionCall.name };
    turn.addCall({ ...call, arguments: argumentsText(part.functionCall.args) }, signature);
  } else if (part.inlineData) turn.addMedia(decodeBlob(part.inlineData), signature);
  else if (part.fileData) turn.addMedia(decodeFile(part.fileData), signature);
  else {
    const code = codeText(part);
    if (code !== undefined) {
      notes.push({ code: 'part.converted', field, message: 'code that ran at Google is said as text' });
      turn.addText(code, signature);
    } else if (part.text != null) turn.addText(part.text, signature);
    else noteUnsaid(part, field, notes);
  }
}

/** Of a thought that was all signature some clients leave the empty text out. */
function isThought({ thought, text, thoughtSignature, ...rest }: WireRequestPart): boolean {
  return thought === true && (text != null || Object.keys(rest).length === 0);
}

function noteUnsaid(part: WireRequestPart, field: string, notes: Note[]): void {
  const names = Object.keys(part).filter((name) => name !== 'thoughtSignature' && name !== 'thought');
  if (names.length === 0) return;
  notes.push({
    code: 'part.dropped',
    field,
    message: `${names.join(', ')} of an earlier answer has no place in another grammar`,
  });
}

/** What a message reads in this order. */
type Stage = 'reasoning' | 'content' | 'calls';
const ORDER: readonly Stage[] = ['reasoning', 'content', 'calls'];

interface Draft {
  stage: Stage;
  details: ReasoningDetail[];
  content: Part[];
  calls: ToolCall[];
  images: number;
  /** The last text carries its signature: another text is another message. */
  isSigned: boolean;
}

const emptyDraft = (): Draft => ({
  stage: 'reasoning',
  details: [],
  content: [],
  calls: [],
  images: 0,
  isSigned: false,
});

class ModelTurn {
  readonly #done: Draft[] = [];
  #draft = emptyDraft();

  messages(): readonly AssistantMessage[] {
    this.#close();
    return this.#done.map(({ details, content, calls }) => {
      const reasoning = details.map(readableText).join('');
      return {
        role: 'assistant',
        content,
        toolCalls: calls,
        reasoningDetails: details,
        ...(reasoning && { reasoning }),
      };
    });
  }

  addThought(text: string, signature: string | undefined): void {
    this.#enter('reasoning');
    if (this.#takeSealed(signature)) return;
    const own = signature === SKIP_SIGNATURE ? undefined : signature;
    if (text === '' && own === undefined) return;
    this.#draft.details.push({
      type: 'reasoning.text',
      text,
      ...(own !== undefined && { signature: own }),
      format: REASONING_FORMAT,
      index: this.#draft.details.length,
    });
  }

  addText(text: string, signature: string | undefined): void {
    if (text !== '') {
      if (this.#draft.isSigned) this.#close();
      this.#enter('content');
      this.#say(text, signature !== undefined);
    }
    if (signature === undefined) return;
    // Reasoning that was sealed on a text came before that text; what follows is another message.
    if (this.#takeSealed(signature)) this.#close();
    else this.#sign(signature, null);
    this.#draft.isSigned = this.#draft.content.length > 0;
  }

  /** A signature is about its own text alone. */
  #say(text: string, isSigned: boolean): void {
    const { content } = this.#draft;
    const before = content.at(-1);
    if (isSigned || before?.type !== 'text') content.push({ type: 'text', text });
    else content[content.length - 1] = { type: 'text', text: before.text + text };
  }

  addMedia(part: Part, signature: string | undefined): void {
    this.#enter('content');
    this.#draft.content.push(part);
    const id = part.type === 'image' ? `image_${this.#draft.images++}` : null;
    if (signature !== undefined && !this.#takeSealed(signature)) this.#sign(signature, id);
  }

  addCall(call: ToolCall, signature: string | undefined): void {
    const sealed = signature === undefined ? null : unsealReasoning(signature);
    // What was reasoned between two calls stands between them.
    if (sealed && this.#draft.calls.length > 0) this.#close();
    this.#enter('calls');
    this.#draft.calls.push(call);
    if (signature !== undefined && !this.#takeSealed(signature)) this.#sign(signature, call.id);
  }

  /** Goes on in the message at hand, or in a new one where it is past this stage. */
  #enter(stage: Stage): void {
    if (ORDER.indexOf(stage) < ORDER.indexOf(this.#draft.stage)) this.#close();
    this.#draft.stage = stage;
  }

  #close(): void {
    const { details, content, calls } = this.#draft;
    if (details.length + content.length + calls.length > 0) this.#done.push(this.#draft);
    this.#draft = emptyDraft();
  }

  /** The details of a sealed signature stand for the readable thoughts beside it, which they repeat. */
  #takeSealed(signature: string | undefined): boolean {
    const sealed = signature === undefined ? null : unsealReasoning(signature);
    if (!sealed) return false;
    const isRepeated = (detail: ReasoningDetail): boolean => detail.type === 'reasoning.text' && !detail.signature;
    this.#draft.details = [...this.#draft.details.filter((detail) => !isRepeated(detail)), ...sealed];
    return true;
  }

  #sign(signature: string, id: string | null): void {
    if (signature === SKIP_SIGNATURE) return;
    const { details } = this.#draft;
    details.push({ type: 'reasoning.encrypted', data: signature, id, format: REASONING_FORMAT, index: details.length });
  }
}
