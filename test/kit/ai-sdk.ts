/** What the tests of `ai` with any provider package share. */
import { type LanguageModel, streamText } from 'ai';

/** The kinds of part that a stream has, the reasons it gives for its end, its text and the errors in it. */
export async function streamParts(model: LanguageModel, abortSignal?: AbortSignal) {
  const stream = streamText({
    model,
    prompt: 'one two three four',
    maxRetries: 0,
    onError: () => {},
    ...(abortSignal && { abortSignal }),
  });
  const errors: unknown[] = [];
  const kinds: string[] = [];
  let text = '';
  for await (const part of stream.fullStream) {
    kinds.push(part.type);
    if (part.type === 'text-delta') text += part.text;
    if (part.type === 'error') errors.push(part.error);
    if (part.type === 'finish') kinds.push(part.finishReason);
  }
  return { kinds, errors, text };
}
