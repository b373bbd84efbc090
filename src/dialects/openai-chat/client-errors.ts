/** Errors of the chat contract are OpenRouter's, as in every grammar of its own. */
export { encodeChatError } from '../shared/openrouter-errors.ts';
