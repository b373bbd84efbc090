/** What the request's `include` asks to be given with the answer. */
import type { ResponsesFields } from '../wire-types.ts';

export const REASONING = 'reasoning.encrypted_content';
export const LOGPROBS = 'message.output_text.logprobs';

/**
 * Whether reasoning comes with what it takes to go on from it. As in OpenRouter's API it does unless the caller lists what it
 * wants and this is not in the list: nothing is stored here, so that without it a turn with tools loses its reasoning.
 */
export function wantsEncryptedReasoning({ include }: Pick<ResponsesFields, 'include'>): boolean {
  return !include || include.includes(REASONING);
}

export function wantsLogprobs({ include, top_logprobs: top }: ResponsesFields): boolean {
  return include?.includes(LOGPROBS) === true || (top ?? 0) > 0;
}
