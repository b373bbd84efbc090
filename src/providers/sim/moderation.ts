/** sim/moderation: texts are flagged by their words, in OpenAI's categories. */
import type { Json, JsonObject } from '../../core/json.ts';
import { isJsonArray, isJsonObject, stringAt } from '../../core/json.ts';
import { SimRefusal } from './prompt.ts';
import { countTokens, hash32 } from './tokens.ts';
import type { SimWholeAnswer } from './whole.ts';

const WORDS: Readonly<Record<string, RegExp>> = {
  harassment: /\b(?:idiot|stupid|loser)\b/i,
  hate: /\b(?:hate|vermin|subhuman)\b/i,
  illicit: /\b(?:bomb|heroin|ransomware)\b/i,
  'self-harm': /\b(?:suicide|(?:hurt|kill) myself)\b/i,
  sexual: /\b(?:porn|nude)\b/i,
  violence: /\b(?:kill|hurt|murder|stab|shoot)\b/i,
};

/** @throws SimRefusal */
export function moderate(body: JsonObject): SimWholeAnswer {
  const texts = textsOf(body['input']);
  return {
    // OpenAI tells no usage of moderations.
    body: { id: 'modr-sim', model: 'sim/moderation', results: texts.map(judge) },
    promptTokens: texts.reduce((sum, text) => sum + countTokens(text), 0),
  };
}

function judge(text: string): JsonObject {
  const judged = Object.entries(WORDS).map(([category, words]) => ({ category, isHit: words.test(text) }));
  // Sure of what it finds, and never quite sure that there is nothing.
  const score = (category: string, isHit: boolean): number =>
    (isHit ? 0.9 : 0) + (hash32(text + category) / 0x1_0000_0000) * 0.01;
  return {
    flagged: judged.some(({ isHit }) => isHit),
    categories: Object.fromEntries(judged.map(({ category, isHit }) => [category, isHit])),
    category_scores: Object.fromEntries(judged.map(({ category, isHit }) => [category, score(category, isHit)])),
  };
}

/** One text a verdict; parts are judged together. */
function textsOf(input: Json | undefined): readonly string[] {
  if (typeof input === 'string') return [input];
  if (!isJsonArray(input) || input.length === 0) {
    throw new SimRefusal(400, "'input' must be a text, or a non-empty list.", 'input');
  }
  const texts = input.filter((each) => typeof each === 'string');
  if (texts.length === input.length) return texts;
  return [input.map((each) => (isJsonObject(each) && stringAt(each, 'text')) || '').join(' ')];
}
