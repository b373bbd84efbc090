/** The requests of a day: made once from the seed and given to every strategy, each at its time. */
import type { Demand } from '../../src/core/demand.ts';
import { type Random, seededRandom } from '../../src/core/ids.ts';
import type { ProviderPreferences } from '../../src/core/preferences.ts';
import { MODEL_ID, perToken, SPARE_MODEL_ID } from './hosts.ts';
import type { Scenario } from './scenarios.ts';

/** `turn`: one of a conversation. `capped`: has a `max_price`. `fast`: sorted by throughput. `ordered`: names hosts. */
export type RequestKind = 'plain' | 'tools' | 'turn' | 'capped' | 'fast' | 'ordered';

export interface SimRequest {
  readonly id: number;
  readonly atMs: number;
  readonly kind: RequestKind;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** The answer calls a tool. */
  readonly callsTool: boolean;
  readonly demand: Demand;
  readonly conversation: Conversation | null;
}

export interface Conversation {
  readonly id: number;
  /** Its first turn is 0. */
  readonly turn: number;
}

type Draft = Omit<SimRequest, 'id'>;

/** Shares of what begins; a conversation begins once and brings its turns. */
const BEGINNINGS: readonly (readonly [kind: RequestKind, share: number])[] = [
  ['plain', 0.5],
  ['tools', 0.3],
  ['turn', 0.07],
  ['capped', 0.05],
  ['fast', 0.04],
  ['ordered', 0.04],
];
const MEAN_TURNS = 6;
/** How many requests one beginning brings. */
const REQUESTS_PER_BEGINNING = BEGINNINGS.reduce(
  (sum, [kind, share]) => sum + share * (kind === 'turn' ? MEAN_TURNS : 1),
  0,
);
/** Quietest at 3 in the morning, busiest at 3 in the afternoon. */
const SWING = 0.7;
const QUIETEST = 3 / 24;

/** In the order of their times. */
export function buildRequests(scenario: Scenario): readonly SimRequest[] {
  const random = seededRandom(scenario.seed);
  const perMs = scenario.requestsPerSecond / REQUESTS_PER_BEGINNING / 1000;
  const highest = scenario.isDiurnal ? 1 + SWING : 1;
  const drafts: Draft[] = [];
  let conversations = 0;
  for (let atMs = 0; ; ) {
    // Arrivals at the highest pace, thinned to that of the hour.
    atMs += -Math.log(1 - random.next()) / (perMs * highest);
    if (atMs >= scenario.durationMs) break;
    if (random.next() * highest >= paceAt(scenario, atMs)) continue;
    const kind = pickKind(random);
    const startMs = scenario.startMs + Math.floor(atMs);
    if (kind === 'turn') drafts.push(...buildTurns(conversations++, startMs, random));
    else drafts.push(buildSingle(kind, startMs, random));
  }
  const endMs = scenario.startMs + scenario.durationMs;
  return drafts
    .filter((draft) => draft.atMs < endMs)
    .sort((a, b) => a.atMs - b.atMs)
    .map((draft, id) => ({ id, ...draft }));
}

/** 1 on average over the time. */
function paceAt({ isDiurnal, durationMs }: Scenario, atMs: number): number {
  return isDiurnal ? 1 - SWING * Math.cos(2 * Math.PI * (atMs / durationMs - QUIETEST)) : 1;
}

function pickKind(random: Random): RequestKind {
  let point = random.next();
  for (const [kind, share] of BEGINNINGS) {
    point -= share;
    if (point < 0) return kind;
  }
  return 'plain';
}

function buildSingle(kind: RequestKind, atMs: number, random: Random): Draft {
  const hasTools = kind === 'tools' || random.next() < 0.1;
  const promptTokens = around(hasTools ? 1800 : 600, 0.8, random);
  return {
    atMs,
    kind,
    promptTokens,
    outputTokens: around(hasTools ? 120 : 220, 0.7, random),
    callsTool: hasTools && random.next() < 0.8,
    demand: buildDemand(promptTokens, random, {
      hasTools,
      preferences: preferencesOf(kind, random),
      // One in ten would rather have a smaller model than no answer.
      models: random.next() < 0.1 ? [MODEL_ID, SPARE_MODEL_ID] : [MODEL_ID],
    }),
    conversation: null,
  };
}

function preferencesOf(kind: RequestKind, random: Random): ProviderPreferences {
  switch (kind) {
    case 'capped':
      return { maxPrice: { prompt: perToken(0.25), completion: perToken(0.75) } };
    case 'fast':
      return { sort: 'throughput' };
    case 'ordered':
      return { order: random.next() < 0.5 ? ['willow', 'oak'] : ['elm'] };
    case 'plain':
    case 'tools':
    case 'turn':
      return {};
  }
}

/** A conversation grows by each question and answer; its user thinks for a while between them, sometimes for too long. */
function buildTurns(id: number, startMs: number, random: Random): readonly Draft[] {
  const turns = 2 + Math.floor(random.next() * (2 * MEAN_TURNS - 3));
  const sessionId = random.next() < 0.5 ? `conversation-${id}` : null;
  const hasTools = random.next() < 0.3;
  const drafts: Draft[] = [];
  let promptTokens = around(2500, 0.5, random);
  let atMs = startMs;
  for (let turn = 0; turn < turns; turn++) {
    const outputTokens = around(200, 0.6, random);
    drafts.push({
      atMs,
      kind: 'turn',
      promptTokens,
      outputTokens,
      callsTool: hasTools && random.next() < 0.8,
      demand: buildDemand(promptTokens, random, { hasTools, sessionId }),
      conversation: { id, turn },
    });
    promptTokens += outputTokens + around(150, 0.6, random);
    atMs += 5000 + around(45_000, 1, random);
  }
  return drafts;
}

function buildDemand(promptTokens: number, random: Random, asked: Partial<Demand>): Demand {
  return {
    models: [MODEL_ID],
    preferences: {},
    stream: true,
    parameters: asked.hasTools ? ['temperature', 'tools'] : ['temperature'],
    inputModalities: [],
    outputModalities: ['text'],
    maxOutputTokens: null,
    // Characters / 4 are off by up to a third.
    promptTokensEstimate: Math.round(promptTokens * (0.75 + 0.55 * random.next())),
    sessionId: null,
    promptCacheKey: null,
    marksCache: false,
    user: null,
    hasTools: false,
    serviceTier: null,
    plugins: [],
    ...asked,
  };
}

/** Log-normal with this median, a whole number of at least 1. */
function around(median: number, sigma: number, random: Random): number {
  const length = Math.sqrt(-2 * Math.log(1 - random.next()));
  return Math.max(1, Math.round(median * Math.exp(sigma * length * Math.cos(2 * Math.PI * random.next()))));
}
