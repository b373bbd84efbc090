/** A model's row from the offer that describes it best. */
import type { Modality } from '../model.ts';
import type { ModelRow } from '../rows.ts';
import { claudeLimits } from './claude.ts';
import { type Facts, wholeDate } from './facts.ts';
import { authorName, type Host } from './hosts.ts';

/** Suffixes that say something about the name, not about the model. */
const NAME_SUFFIX = /\s*\((latest|free)\)\s*$/i;

export function modelRow(id: string, facts: Facts, host: Host): ModelRow {
  const author = id.slice(0, id.indexOf('/'));
  const named = authorName(author);
  const [slug = '', variant] = id.slice(id.indexOf('/') + 1).split(':');
  const title = facts.name.includes('/') ? slug : facts.name.replace(NAME_SUFFIX, '').replace(`${named}: `, '').trim();
  const router = author === 'openrouter';
  const cutoff = facts.knowledge;
  return {
    id,
    name: `${named}: ${title}${variant ? ` (${variant})` : ''}`,
    released: wholeDate(facts.release_date),
    in: inputModalities(facts, host),
    out: outputModalities(facts),
    tokenizer: router ? 'Router' : tokenizerOf(author, slug),
    ...(cutoff ? { cutoff: wholeDate(cutoff) } : {}),
    ...(facts.open_weights ? { open: true as const } : {}),
    ...(author === 'anthropic' && slug.startsWith('claude-') ? claudeLimits(slug) : reasoningAndLimits(slug, facts)),
    ...(router ? { router: true as const } : {}),
  };
}

const KNOWN_INPUTS: Readonly<Record<string, Modality>> = {
  text: 'text',
  image: 'image',
  pdf: 'file',
  audio: 'audio',
  video: 'video',
};

export function inputModalities(facts: Facts, host: Host): Modality[] {
  const { input } = facts.modalities;
  // OpenAI reads PDFs with every model that sees images (its file-input guide); models.dev says so of some only.
  const told = host.slug === 'openai' && input.includes('image') ? [...input, 'pdf'] : input;
  return Object.entries(KNOWN_INPUTS)
    .filter(([name]) => told.includes(name))
    .map(([, modality]) => modality);
}

/** models.dev calls a vector "text": what embeds is known by its name. */
export function isEmbedding(facts: Facts): boolean {
  return /embed|(^|\/)(bge-m3|bge-large|e5-large|gte-large|all-mini-?lm|multi-qa-mpnet)/i.test(facts.id);
}

export function outputModalities(facts: Facts): Modality[] {
  if (isEmbedding(facts)) return ['embeddings'];
  const outputs: Modality[] = ['text'];
  if (facts.modalities.output.includes('image')) outputs.push('image');
  if (facts.modalities.output.includes('audio')) outputs.push('audio');
  return outputs;
}

function reasoningAndLimits(slug: string, facts: Facts): Pick<ModelRow, 'reasoning' | 'limits'> {
  // Hosts of open weights decide about sampling themselves; a closed model's maker decides for all.
  const limits = facts.temperature === false && !facts.open_weights ? { limits: { sampling: false as const } } : {};
  if (!facts.reasoning || isEmbedding(facts)) return limits;
  const options = facts.reasoning_options ?? [];
  const efforts = options.flatMap((each) => each.values ?? []).filter((each) => each !== null);
  const budget = options.find((each) => each.type === 'budget_tokens');
  const canStop =
    options.some((each) => each.type === 'toggle') || efforts.includes('none') || (budget !== undefined && !budget.min);
  // Where the source lists no way to steer it, the name says whether the model always thinks.
  const mandatory = options.length ? !canStop : /thinking|reason|-r1|qwq|qvq|magistral/.test(slug);
  return {
    reasoning: {
      mandatory,
      // A model with effort `none` starts there (GPT-5.1 on); a switch starts on (DeepSeek, GLM, Qwen, Gemini Flash).
      default: mandatory || !efforts.includes('none'),
      ...(efforts.length ? { efforts } : {}),
      budget: budget !== undefined,
    },
    ...limits,
  };
}

/** OpenRouter's `ModelGroup`, by author and name. */
const TOKENIZERS: readonly (readonly [RegExp, string])[] = [
  [/^anthropic\//, 'Claude'],
  [/^openai\//, 'GPT'],
  [/^google\/gemma/, 'Gemma'],
  [/^google\//, 'Gemini'],
  [/^x-ai\//, 'Grok'],
  [/^cohere\//, 'Cohere'],
  [/^amazon\/nova/, 'Nova'],
  [/r1-distill-qwen/, 'Qwen'],
  [/r1-distill-llama/, 'Llama3'],
  [/^deepseek\//, 'DeepSeek'],
  [/qwen-?3|^qwen\/.*(3|max|plus|flash|turbo)/, 'Qwen3'],
  [/qwen|qwq|qvq/, 'Qwen'],
  [/mistral|mixtral|ministral|codestral|devstral|pixtral|voxtral|magistral/, 'Mistral'],
  [/llama-?4/, 'Llama4'],
  [/llama-?3|l3|l31/, 'Llama3'],
  [/llama|l2-13b/, 'Llama2'],
  [/^01-ai\/yi/, 'Yi'],
];

export function tokenizerOf(author: string, slug: string): string {
  const id = `${author}/${slug}`;
  return TOKENIZERS.find(([pattern]) => pattern.test(id))?.[1] ?? 'Other';
}
