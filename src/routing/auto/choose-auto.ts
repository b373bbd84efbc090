/** `openrouter/auto`: the model for a request, with what speaks for it and against the others. */
import { GatewayError } from '../../core/errors.ts';
import { MODELS_DOCS_URL } from '../docs.ts';
import { matchesGlobs, namesModel } from './model-globs.ts';
import { inability, type Needs } from './needs.ts';
import { type AutoOptions, COST_TIERS, type CostTier } from './options.ts';
import { type AutoModel, type AutoPool, tierOf } from './pool.ts';
import { isLastResort, isMeantFor, type RankedModel, rankModels } from './rank.ts';
import type { TaskClass } from './task.ts';

export interface AutoInput extends Needs {
  readonly task: TaskClass;
  readonly pool: AutoPool;
  readonly options: AutoOptions;
  /** The model that has answered this conversation before, if one has. */
  readonly stickyModel: string | null;
  /** Id of the model of the last answer in the conversation; '' where none is said. For `pin_model`. */
  readonly lastModel: string;
}

export interface AutoChoice {
  readonly task: TaskClass;
  /** The tier that was asked for. */
  readonly tier: CostTier;
  /** Where the choice was found: that tier, the nearest one with an able model, or `trial` where only `:free` models are left. */
  readonly band: CostTier | 'trial';
  /** The model and up to three fallbacks, best first. */
  readonly models: readonly string[];
  /** Sentences that say why. */
  readonly reasons: readonly string[];
  /** The able models of the band, best first. */
  readonly considered: readonly { readonly id: string; readonly score: number; readonly because: string }[];
  readonly excluded: readonly AutoExclusion[];
}

export interface AutoExclusion {
  readonly id: string;
  readonly because: string;
}

/** OpenRouter's words where nothing is left. */
export const NO_MODELS_MATCH = 'No models match your request and model restrictions';

const MOST_FALLBACKS = 3;
const MOST_CAUSES = 3;
const DEFAULT_TIER: CostTier = 'low';
/** Percentiles: the deprecated dial is a ceiling, at the 90th for 0 and the 10th for 10 (OpenRouter's API). */
const HIGHEST_CEILING = 90;
const CEILING_STEP = 8;
const TIER_WIDTH = 100 / COST_TIERS.length;

/** Null where no model is allowed and able. The same input gives the same choice. */
export function chooseAuto(input: AutoInput): AutoChoice | null {
  const { able, excluded } = sift(input);
  if (able.length === 0) return null;
  const { task, pool, options, demand } = input;
  const wanted = wantedRange(options);
  const { band, models: inBand } = bandOf(meantOrLeft(able, input), wanted);
  const asksReasoning = demand.parameters.includes('reasoning');
  const ranked = rankModels(inBand, task.kind, pool, asksReasoning);
  const kept = keptModel(input, able, excluded);
  const models = shortList(ranked, kept.id);
  return {
    task,
    tier: wanted.tier,
    band,
    models,
    reasons: [
      taskReason(task),
      bandReason(wanted, band, inBand.length),
      ...kept.reasons,
      ...(kept.id === null ? topReason(ranked) : []),
    ],
    considered: ranked.map(({ model: { id }, score, because }) => ({ id, score, because })),
    excluded,
  };
}

/** The 404 where `chooseAuto` gave null, in OpenRouter's words, with what left out how many. */
export function noAutoModels(requested: string, input: AutoInput): GatewayError {
  const counts = new Map<string, number>();
  for (const { because } of sift(input).excluded) counts.set(because, (counts.get(because) ?? 0) + 1);
  const commonest = [...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_CAUSES);
  const detail = commonest.map(([because, count]) => `${count} × ${because}`).join('; ');
  return new GatewayError('route.no_endpoints', NO_MODELS_MATCH, {
    field: 'model',
    availability: {
      code: detail === '' ? 'no_endpoints' : 'constraint_filtered',
      retryable: false,
      requested_models: [requested],
      docs_url: MODELS_DOCS_URL,
      ...(detail !== '' && { constraint: { field: 'model', detail } }),
    },
  });
}

// ---- who may and can ----

function sift(input: AutoInput): { readonly able: readonly AutoModel[]; readonly excluded: readonly AutoExclusion[] } {
  const able: AutoModel[] = [];
  const excluded: AutoExclusion[] = [];
  for (const model of input.pool.models) {
    const because = objection(model, input);
    if (because === undefined) able.push(model);
    else excluded.push({ id: model.id, because });
  }
  return { able, excluded };
}

function objection(model: AutoModel, input: AutoInput): string | undefined {
  const { allowed, excluded } = input.options;
  const { id, family } = model;
  if (allowed && !matchesGlobs(allowed, id, family)) return 'not in allowed_models';
  if (excluded && matchesGlobs(excluded, id, family)) return 'in excluded_models';
  const isNamed = allowed !== undefined && namesModel(allowed, id);
  if (!isNamed && !isMeantFor(model, input.task.kind) && !isLastResort(model)) {
    return model.purpose === 'shared' ? 'its maker may train on what is sent' : 'made for something else';
  }
  return inability(model, input);
}

/** Models meant for the task, or those the caller named; where there is none, whoever can hold a conversation. */
function meantOrLeft(able: readonly AutoModel[], { task, options }: AutoInput): readonly AutoModel[] {
  const { allowed } = options;
  const isNamed = (id: string) => allowed !== undefined && namesModel(allowed, id);
  const meant = able.filter((model) => isMeantFor(model, task.kind) || isNamed(model.id));
  return meant.length > 0 ? meant : able;
}

// ---- prices ----

interface Range {
  readonly tier: CostTier;
  /** Percentiles: from inclusive, to exclusive (the last one inclusive). */
  readonly from: number;
  readonly to: number;
}

function wantedRange({ costTier, costQualityTradeoff }: AutoOptions): Range {
  if (costTier === undefined && costQualityTradeoff !== undefined) {
    const to = HIGHEST_CEILING - CEILING_STEP * costQualityTradeoff;
    return { tier: tierOf(to - 1), from: 0, to };
  }
  const tier = costTier ?? DEFAULT_TIER;
  const from = COST_TIERS.indexOf(tier) * TIER_WIDTH;
  // The last band includes its end.
  return { tier, from, to: tier === 'max' ? Number.POSITIVE_INFINITY : from + TIER_WIDTH };
}

/** The models in the wanted range, else of the nearest cheaper tier, else of the nearest dearer one, else the trials. */
function bandOf(
  able: readonly AutoModel[],
  { tier, from, to }: Range,
): { readonly band: CostTier | 'trial'; readonly models: readonly AutoModel[] } {
  const lasting = able.filter(({ isTrial }) => !isTrial);
  if (lasting.length === 0) return { band: 'trial', models: able };
  const wanted = lasting.filter(({ percentile }) => percentile >= from && percentile < to);
  if (wanted.length > 0) return { band: tier, models: wanted };
  const cheaper = lasting.filter(({ percentile }) => percentile < from);
  const band =
    cheaper.length > 0
      ? tierOf(Math.max(...cheaper.map(({ percentile }) => percentile)))
      : tierOf(Math.min(...lasting.map(({ percentile }) => percentile)));
  return { band, models: lasting.filter(({ percentile }) => tierOf(percentile) === band) };
}

// ---- the choice ----

/** The best, then the best of other authors: what takes an author down takes all of his models down. */
function shortList(ranked: readonly RankedModel[], kept: string | null): readonly string[] {
  const ids = kept === null ? [] : [kept];
  const rest = ranked.map(({ model }) => model).filter(({ id }) => id !== kept);
  const authors = new Set<string>(kept === null ? [] : [authorOf(kept)]);
  for (const repeats of [false, true]) {
    for (const { id, author } of rest) {
      if (ids.length > MOST_FALLBACKS) return ids;
      if (ids.includes(id) || (!repeats && authors.has(author))) continue;
      ids.push(id);
      authors.add(author);
    }
  }
  return ids;
}

function authorOf(id: string): string {
  return id.includes('/') ? id.slice(0, id.indexOf('/')) : '';
}

interface Kept {
  readonly id: string | null;
  readonly reasons: readonly string[];
}

/** A conversation keeps its model, whatever its price, as long as it is still allowed and able. */
function keptModel(
  { options, lastModel, stickyModel }: AutoInput,
  able: readonly AutoModel[],
  excluded: readonly AutoExclusion[],
): Kept {
  const reasons: string[] = [];
  const wishes = [
    { id: options.pinModel ? lastModel : '', why: 'pin_model keeps the model of the last answer' },
    { id: stickyModel ?? '', why: 'the session keeps its model' },
  ];
  for (const { id, why } of wishes) {
    if (id === '') continue;
    if (able.some((model) => model.id === id)) return { id, reasons: [...reasons, `${why}, ${id}.`] };
    const because = excluded.find((exclusion) => exclusion.id === id)?.because ?? 'not served here';
    reasons.push(`${id} is not kept: ${because}.`);
  }
  return { id: null, reasons };
}

// ---- in words ----

const MOST_SIGNS = 3;

function taskReason({ kind, reasons }: TaskClass): string {
  return `The task looks like ${kind.replace('_', ' ')}: ${reasons.slice(0, MOST_SIGNS).join(', ')}.`;
}

function bandReason({ tier }: Range, band: AutoChoice['band'], count: number): string {
  const models = count === 1 ? '1 model' : `${count} models`;
  if (band === tier) return `Cost tier ${tier}: ${models} can serve it.`;
  if (band === 'trial')
    return `No model of cost tier ${tier} or another is left; ${models} without charge can serve it.`;
  return `No model of cost tier ${tier} is left; ${models} of the nearest, ${band}, can serve it.`;
}

function topReason([top]: readonly RankedModel[]): readonly string[] {
  return top ? [`${top.model.id} has ${top.score} of 100 points: ${top.because}.`] : [];
}
