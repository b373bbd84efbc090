import { anthropicMessages } from './anthropic-messages.ts';
import { gemini } from './gemini.ts';
import type { Grammar, GrammarId } from './grammar.ts';
import { openAiChat } from './openai-chat.ts';
import { openAiCompletions } from './openai-completions.ts';
import { openAiResponses } from './openai-responses.ts';

/** Every grammar that a row speaks. */
export const GRAMMARS: Readonly<Record<GrammarId, Grammar>> = {
  'openai-chat': openAiChat,
  'openai-completions': openAiCompletions,
  'openai-responses': openAiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
};
