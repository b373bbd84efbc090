/** What a prompt is, and what of a request only a host with a completions path of its own can be asked. */
import { invalidRequest } from '../../core/errors.ts';
import type { WireCompletionRequest } from './wire-types.ts';

/** The one text that is asked to be gone on from; undefined where the prompt is anything else. */
export function soleText({ prompt }: Pick<WireCompletionRequest, 'prompt'>): string | undefined {
  if (typeof prompt === 'string') return prompt;
  const [only] = prompt ?? [];
  return prompt?.length === 1 && typeof only === 'string' ? only : undefined;
}

/** All text of the prompt that can be read. */
export function readableText({ prompt }: Pick<WireCompletionRequest, 'prompt'>): string {
  if (typeof prompt === 'string') return prompt;
  return (prompt ?? []).filter((item) => typeof item === 'string').join('\n');
}

/** Tokens and texts: how many answers are due for one wish. */
export function promptCount({ prompt }: Pick<WireCompletionRequest, 'prompt'>): number {
  return Array.isArray(prompt) && typeof prompt[0] !== 'number' ? prompt.length : 1;
}

/** How many tokens the prompt gives as numbers. */
export function tokenCount({ prompt }: Pick<WireCompletionRequest, 'prompt'>): number {
  if (typeof prompt === 'string') return 0;
  let count = 0;
  for (const item of prompt ?? []) count += typeof item === 'number' ? 1 : Array.isArray(item) ? item.length : 0;
  return count;
}

/**
 * The prompt as what a user says to a chat model.
 * @throws GatewayError `client.invalid_request` for what no chat can be asked: such an endpoint is passed over
 */
export function sayInChat(wire: WireCompletionRequest): string {
  const { prompt, suffix, echo, best_of: bestOf, n, max_tokens: limit } = wire;
  const refuse = (field: string, what: string): never => {
    throw invalidRequest(
      field,
      `${what} needs an endpoint with a completions API of its own; this one takes chat only`,
    );
  };
  const text = soleText(wire);
  if (text === undefined) {
    if (prompt === null) return refuse('prompt', 'an answer to nothing');
    return refuse('prompt', tokenCount(wire) > 0 ? 'a prompt of token ids' : 'more than one prompt');
  }
  if (suffix) return refuse('suffix', 'writing what stands before a suffix');
  if (echo) return refuse('echo', "the prompt's echo");
  if (bestOf && bestOf > (n ?? 1)) return refuse('best_of', 'choosing among more answers than are given');
  if (limit === 0) return refuse('max_tokens', 'an answer of no tokens');
  return text;
}
