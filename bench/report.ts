/** From rounds to a table: medians, ratios, and what went wrong. */
import type { ContenderId } from './contenders.ts';
import { GRAMMARS } from './grammars/index.ts';
import type { LoadResult } from './load.ts';
import type { Row } from './rows.ts';
import { framesOf, isTranslated, ROWS, relayRowOf } from './rows.ts';

/** The most that translating may cost beside relaying. */
const TRANSLATE_GOAL = 1.6;

export interface Round {
  readonly rowId: string;
  readonly contender: ContenderId;
  /** From 1 on: rounds of the same number ran one after another. */
  readonly round: number;
  readonly load: LoadResult;
  /** CPU seconds of the gateway during the round; null where there is no gateway. */
  readonly cpuSeconds: number | null;
}

export interface ContenderFacts {
  readonly id: ContenderId;
  readonly name: string;
  readonly readyMs: number | null;
  readonly idleMegabytes: number | null;
  readonly afterMegabytes: number | null;
}

export interface Summary {
  readonly rowId: string;
  readonly contender: ContenderId;
  readonly rounds: number;
  readonly cpuMicrosPerRequest: number | null;
  readonly cpuMicrosPerFrame: number | null;
  /** Lowest and highest round: how far to trust the median. */
  readonly cpuMicrosRange: readonly [number, number] | null;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly completed: number;
  readonly wrong: number;
  readonly reasons: readonly string[];
  /** Share of one core that the load generator used: near 1 it is the generator that was measured. */
  readonly generatorBusy: number;
}

export function summarise(rounds: readonly Round[]): readonly Summary[] {
  const groups = Map.groupBy(rounds, (round) => `${round.rowId} ${round.contender}`);
  return [...groups.values()].flatMap((group) => {
    const first = group[0];
    const row = ROWS.find(({ id }) => id === first?.rowId);
    if (!first || !row) return [];
    const loads = group.map(({ load }) => load);
    const micros = group.flatMap((round) => microsOf(round) ?? []);
    const cpu = micros.length === 0 ? null : median(micros);
    return [
      {
        rowId: first.rowId,
        contender: first.contender,
        rounds: group.length,
        cpuMicrosPerRequest: cpu,
        cpuMicrosPerFrame: cpu === null || row.contentFrames === 0 ? null : cpu / framesOf(row),
        cpuMicrosRange: micros.length === 0 ? null : ([Math.min(...micros), Math.max(...micros)] as const),
        requestsPerSecond: median(loads.map((load) => load.completed / load.seconds)),
        p50Ms: median(loads.map((load) => load.p50Ms)),
        p99Ms: median(loads.map((load) => load.p99Ms)),
        completed: sum(loads.map((load) => load.completed)),
        wrong: sum(loads.map((load) => load.wrong)),
        reasons: loads.flatMap((load) => load.reasons).slice(0, 5),
        generatorBusy: median(loads.map((load) => load.ownCpuSeconds / load.seconds)),
      },
    ];
  });
}

function microsOf({ cpuSeconds, load }: Round): number | null {
  return cpuSeconds === null || load.completed === 0 ? null : (cpuSeconds * 1e6) / load.completed;
}

/** What a stream cost translated, beside the same text relayed to the same client. */
export interface LaneRatio {
  readonly rowId: string;
  readonly relayRowId: string;
  readonly contender: ContenderId;
  /** Median over the rounds, lowest and highest; a round's figures are from a minute or two. */
  readonly ratio: number;
  readonly range: readonly [number, number];
}

/** Every translating row whose relaying one ran too. The pieces of text are as many, so answers compare as frames do. */
export function laneRatios(rounds: readonly Round[]): readonly LaneRatio[] {
  return ROWS.filter(isTranslated).flatMap((row) => {
    const relayRowId = relayRowOf(row)?.id;
    const translated = Map.groupBy(
      rounds.filter(({ rowId }) => rowId === row.id),
      ({ contender }) => contender,
    );
    return [...translated].flatMap(([contender, own]) => {
      const ratios = own.flatMap((one) => {
        const relayed = rounds.find(
          ({ rowId, contender: asked, round }) => rowId === relayRowId && asked === contender && round === one.round,
        );
        const [above, below] = [microsOf(one), relayed ? microsOf(relayed) : null];
        return above === null || !below ? [] : [above / below];
      });
      if (ratios.length === 0 || relayRowId === undefined) return [];
      const range = [Math.min(...ratios), Math.max(...ratios)] as const;
      return [{ rowId: row.id, relayRowId, contender, ratio: median(ratios), range }];
    });
  });
}

/** Markdown: a table per row, the lanes beside each other, then memory and start. */
export function formatReport(
  summaries: readonly Summary[],
  ratios: readonly LaneRatio[],
  facts: readonly ContenderFacts[],
): string {
  const tables = ROWS.flatMap((row) => {
    const own = summaries.filter((summary) => summary.rowId === row.id);
    return own.length === 0 ? [] : [formatRow(row, own, facts)];
  });
  const memory = facts.filter((one) => one.readyMs !== null);
  const memoryTable = [
    '| | start to ready ms | RSS idle MB | RSS after MB |',
    '|---|---:|---:|---:|',
    ...memory.map(
      (one) =>
        `| ${one.name} | ${number(one.readyMs)} | ${number(one.idleMegabytes)} | ${number(one.afterMegabytes)} |`,
    ),
  ];
  const lanes = ratios.length === 0 ? [] : [formatLanes(summaries, ratios, facts)];
  return [...tables, ...lanes, `### Memory and start\n\n${memoryTable.join('\n')}\n`].join('\n');
}

function formatLanes(
  summaries: readonly Summary[],
  ratios: readonly LaneRatio[],
  facts: readonly ContenderFacts[],
): string {
  const frameOf = (rowId: string, contender: ContenderId): string =>
    number(summaries.find((one) => one.rowId === rowId && one.contender === contender)?.cpuMicrosPerFrame ?? null);
  const lines = ratios.map(({ rowId, relayRowId, contender, ratio: median, range: [low, high] }) => {
    const row = ROWS.find(({ id }) => id === rowId);
    const cells = [
      facts.find(({ id }) => id === contender)?.name ?? contender,
      row ? `${GRAMMARS[row.client].name} ← ${GRAMMARS[row.upstream].name}` : rowId,
      frameOf(rowId, contender),
      frameOf(relayRowId, contender),
      `${median.toFixed(2)}x`,
      `${low.toFixed(2)}–${high.toFixed(2)}`,
      median <= TRANSLATE_GOAL ? 'yes' : '**no**',
    ];
    return `| ${rowId} | ${cells.join(' | ')} |`;
  });
  return [
    '### Translating beside relaying\n',
    `Goal: at most ${TRANSLATE_GOAL}x the CPU for the same text to the same client.\n`,
    '| row | | client ← host | µs/frame translated | µs/frame relayed | ratio | range | in the goal |',
    '|---|---|---|---:|---:|---:|---:|---|',
    ...lines,
    '',
  ].join('\n');
}

function formatRow(row: Row, summaries: readonly Summary[], facts: readonly ContenderFacts[]): string {
  const cpuOf = (id: ContenderId) => summaries.find(({ contender }) => contender === id)?.cpuMicrosPerRequest ?? null;
  const late = row.paceMs > 0 ? 'late ' : '';
  const lines = summaries.map((one) => {
    const name = facts.find(({ id }) => id === one.contender)?.name ?? one.contender;
    const [low, high] = one.cpuMicrosRange ?? [null, null];
    const cells = [
      name,
      number(one.cpuMicrosPerRequest),
      low === null ? '–' : `${number(low)}–${number(high)}`,
      number(one.cpuMicrosPerFrame),
      ratio(one.cpuMicrosPerRequest, cpuOf('nginx')),
      ratio(one.cpuMicrosPerRequest, cpuOf('pass-through')),
      number(one.requestsPerSecond),
      number(one.p50Ms),
      number(one.p99Ms),
      String(one.completed),
      one.wrong === 0 ? '0' : `**${one.wrong}**`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const reasons = summaries.flatMap((one) => one.reasons.map((reason) => `- ${one.contender}: ${reason}`));
  return [
    `### ${row.title}\n`,
    `| | CPU µs/request | range | CPU µs/frame | ÷ nginx | ÷ pass-through | requests/s | ${late}p50 ms | ${late}p99 ms | completed | wrong |`,
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|',
    ...lines,
    ...(reasons.length > 0 ? ['', 'Wrong answers:', ...reasons] : []),
    '',
  ].join('\n');
}

/** Three significant digits are all that a shared machine gives. */
function number(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  return size >= 100 ? Math.round(value).toLocaleString('en-US') : size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

const ratio = (value: number | null, base: number | null): string =>
  value === null || !base ? '–' : `${(value / base).toFixed(2)}x`;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? high)) / 2;
}
