/** The order of models within a price band: how well each fits the task, how new it is and how widely it is served. */
import type { ModelPurpose } from '../../catalog/purpose.ts';
import type { AutoModel, AutoPool, Traits } from './pool.ts';
import type { TaskKind } from './task.ts';

export interface RankedModel {
  readonly model: AutoModel;
  /** 0–100, whole. */
  readonly score: number;
  readonly because: string;
}

/** Shares of the 100 points. */
const POINTS = { fit: 50, newness: 25, reach: 25 } as const;
/** A model that much older than the newest one has no point for newness. */
const NEWNESS_SECONDS = 548 * 86_400;

/** What reasoning counts where the request turns it on itself. */
const ASKED_WEIGHT = 6;

type Profile = Readonly<Partial<Record<Exclude<keyof Traits, 'reach'> | 'specialist', number>>>;

/** What counts for a task, by weight. */
const PROFILES: Readonly<Record<TaskKind, Profile>> = {
  agent: { tools: 3, reasoning: 3, context: 2, structured: 1, specialist: 1 },
  code: { reasoning: 3, specialist: 2, output: 1, context: 1, tools: 1 },
  code_edit: { reasoning: 3, specialist: 2, context: 2, output: 1, tools: 1 },
  math: { reasoning: 6, output: 2, tools: 1 },
  reasoning: { reasoning: 6, output: 1, context: 1, tools: 1 },
  extraction: { structured: 4, context: 2, output: 1, tools: 1 },
  classification: { structured: 3, tools: 1, context: 1 },
  translation: { output: 2, specialist: 2, context: 1, structured: 1 },
  summarization: { context: 4, output: 1, structured: 1 },
  long_context: { context: 6, reasoning: 1, output: 1 },
  writing: { output: 3, context: 2, structured: 1 },
  roleplay: { specialist: 3, output: 1, context: 2 },
  question: { reasoning: 2, context: 1, tools: 1, structured: 1 },
  chat: { tools: 1, structured: 1, context: 1, output: 1 },
  vision: { reasoning: 2, structured: 1, context: 1 },
  document: { context: 3, reasoning: 2, structured: 1 },
  audio: { context: 1, reasoning: 1 },
  video: { context: 3, reasoning: 2 },
  image: { context: 1 },
};

/** Tasks that models of a purpose are considered for. */
const TASKS_OF_PURPOSE: Readonly<Record<Exclude<ModelPurpose, 'general'>, readonly TaskKind[]>> = {
  code: ['code', 'code_edit', 'agent'],
  roleplay: ['roleplay'],
  translation: ['translation'],
  domain: [],
  tool: [],
  shared: [],
};

/** Purposes that can hold any conversation: they serve where nothing better is left. */
const LAST_RESORT: ReadonlySet<ModelPurpose> = new Set<ModelPurpose>(['general', 'code', 'roleplay', 'domain']);

const TRAIT_WORDS = {
  reasoning: 'reasons',
  tools: 'calls tools',
  structured: 'follows schemas',
  context: 'long context',
  output: 'long answers',
  specialist: 'made for it',
} as const satisfies Record<keyof Profile, string>;

/** Whether the model is for this task, or for all. */
export function isMeantFor({ purpose, makesMedia }: AutoModel, task: TaskKind): boolean {
  if (makesMedia && task !== 'image' && task !== 'audio') return false;
  return purpose === 'general' || TASKS_OF_PURPOSE[purpose].includes(task);
}

export function isLastResort({ purpose }: AutoModel): boolean {
  return LAST_RESORT.has(purpose);
}

/** Best first: by points, then the cheaper one, then by id. @param asksReasoning the request turns reasoning on itself */
export function rankModels(
  models: readonly AutoModel[],
  task: TaskKind,
  pool: Pick<AutoPool, 'newestSeconds'>,
  asksReasoning: boolean,
): readonly RankedModel[] {
  const profile = asksReasoning ? { ...PROFILES[task], reasoning: ASKED_WEIGHT } : PROFILES[task];
  return models
    .map((model) => scored(model, task, profile, pool.newestSeconds))
    .sort((a, b) => b.score - a.score || a.model.blendedUsd - b.model.blendedUsd || (a.model.id < b.model.id ? -1 : 1));
}

function scored(model: AutoModel, task: TaskKind, profile: Profile, newestSeconds: number): RankedModel {
  const traits = { ...model.traits, specialist: isSpecialist(model, task) ? 1 : 0 };
  let weights = 0;
  let gained = 0;
  const words: string[] = [];
  for (const name of TRAITS) {
    const weight = profile[name];
    if (weight === undefined) continue;
    weights += weight;
    gained += weight * traits[name];
    if (traits[name] >= 0.5) words.push(TRAIT_WORDS[name]);
  }
  const fit = Math.round((POINTS.fit * gained) / weights);
  const newness = Math.round(
    POINTS.newness * Math.max(0, 1 - (newestSeconds - model.createdSeconds) / NEWNESS_SECONDS),
  );
  const reach = Math.round(POINTS.reach * traits.reach);
  const made = words.length > 0 ? ` (${words.join(', ')})` : '';
  return {
    model,
    score: fit + newness + reach,
    because: `fit ${fit}/${POINTS.fit}${made}, newness ${newness}/${POINTS.newness}, reach ${reach}/${POINTS.reach}`,
  };
}

const TRAITS = ['specialist', 'reasoning', 'tools', 'structured', 'context', 'output'] as const;

function isSpecialist({ purpose }: AutoModel, task: TaskKind): boolean {
  return purpose !== 'general' && TASKS_OF_PURPOSE[purpose].includes(task);
}
