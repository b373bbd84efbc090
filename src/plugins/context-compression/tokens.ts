/**
 * How long a prompt is, roughly: no provider's tokenizer is asked. Counted in quarters of a token, so that sums are exact:
 * a character is one quarter (characters / 4, as the common tokenizers come out for European text), a character of the
 * scripts that write words without spaces a whole token.
 */
import type { ChatRequest, Message, Part } from '../../core/chat.ts';

export const QUARTERS_PER_TOKEN = 4;
/** What an image, file or clip counts for; its real size is only known to the provider. */
const QUARTERS_PER_MEDIA_PART = 800 * QUARTERS_PER_TOKEN;
/** Framing of a message, as the common tokenizers add. */
const QUARTERS_PER_MESSAGE = 4 * QUARTERS_PER_TOKEN;

/** From CJK radicals on: Chinese, Japanese, Korean, and the surrogates of what lies beyond. */
const FIRST_WIDE = 0x2e80;
/** A surrogate pair is two units and about two tokens. */
const QUARTERS_OF_WIDE = QUARTERS_PER_TOKEN;

export function quartersOfCharacter(unit: number): number {
  return unit < FIRST_WIDE ? 1 : QUARTERS_OF_WIDE;
}

export function quartersOfText(text: string): number {
  let quarters = text.length;
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) >= FIRST_WIDE) quarters += QUARTERS_OF_WIDE - 1;
  }
  return quarters;
}

export function quartersOfPart(part: Part): number {
  return part.type === 'text' ? quartersOfText(part.text) : QUARTERS_PER_MEDIA_PART;
}

export function quartersOfMessage(message: Message): number {
  let quarters = QUARTERS_PER_MESSAGE;
  for (const part of message.content) quarters += quartersOfPart(part);
  if (message.role !== 'assistant') return quarters;
  for (const { name, arguments: args } of message.toolCalls) quarters += name.length + quartersOfText(args);
  if (message.refusal) quarters += quartersOfText(message.refusal);
  // Grammars send the details where they have them, else the text: never both.
  const details = message.reasoningDetails.length > 0 ? JSON.stringify(message.reasoningDetails) : undefined;
  return quarters + quartersOfText(details ?? message.reasoning ?? '');
}

/** What goes with every prompt whatever its messages: tools and the schema of the answer. */
export function quartersOfFrame({ tools, responseFormat }: ChatRequest): number {
  let quarters = tools.length > 0 ? JSON.stringify(tools).length : 0;
  if (responseFormat?.type === 'json_schema') quarters += JSON.stringify(responseFormat.schema ?? {}).length;
  return quarters;
}

export function toTokens(quarters: number): number {
  return Math.ceil(quarters / QUARTERS_PER_TOKEN);
}
