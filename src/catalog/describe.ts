/** A model's description in our own words, made from its facts. */
import { WHOLE_KINDS } from '../core/exchange-kind.ts';
import type { Modality } from './model.ts';
import type { Capability, ModelRow } from './rows.ts';

const INPUT_WORD: Readonly<Record<Modality, string>> = {
  text: 'text',
  image: 'image',
  file: 'file',
  audio: 'audio',
  video: 'video',
  embeddings: 'embedding',
  rerank: 'reranking',
  moderation: 'moderation',
};

/** E.g. "Text and image model with tool calling and reasoning; 1,050,000-token context." */
export function describeModel(row: ModelRow, can: ReadonlySet<Capability>, contextLength: number): string {
  const context = `${groupDigits(contextLength)}-token context`;
  if (row.router) return `Chooses a model for each request; up to ${context}.`;
  const whole = WHOLE_KINDS.find((kind) => row.out.includes(kind));
  if (whole) {
    return `${capitalised(joined(row.in.map((each) => INPUT_WORD[each])))} ${INPUT_WORD[whole]} model; ${context}.`;
  }
  const abilities = [
    ...(can.has('tools') ? ['tool calling'] : []),
    ...(row.reasoning ? ['reasoning'] : []),
    ...(can.has('structured') ? ['structured output'] : []),
    ...(row.out.includes('image') ? ['image output'] : []),
    ...(row.out.includes('audio') ? ['audio output'] : []),
  ];
  const subject = `${capitalised(joined(row.in.map((each) => INPUT_WORD[each])))} model`;
  const openness = row.open ? ', open weights' : '';
  return `${subject}${abilities.length ? ` with ${joined(abilities)}` : ''}${openness}; ${context}.`;
}

function joined(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${last}` : last;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function groupDigits(count: number): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}
