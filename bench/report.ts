/** From rounds to a table: medians, ratios, and what went wrong. */
import type { ContenderId } from './contenders.ts';
import type { LoadResult } from './load.ts';
import type { Row } from './rows.ts';
import { FRAMES_AROUND_CONTENT, ROWS } from './rows.ts';

export interface Round {
  readonly rowId: Row['id'];
  readonly contender: ContenderId;
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
  readonly rowId: Row['id'];
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
    const micros = group.flatMap(({ cpuSeconds, load }) =>
      cpuSeconds === null || load.completed === 0 ? [] : [(cpuSeconds * 1e6) / load.completed],
    );
    const cpu = micros.length === 0 ? null : median(micros);
    return [
      {
        rowId: first.rowId,
        contender: first.contender,
        rounds: group.length,
        cpuMicrosPerRequest: cpu,
        cpuMicrosPerFrame:
          cpu === null || row.contentFrames === 0 ? null : cpu / (row.contentFrames + FRAMES_AROUND_CONTENT),
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

/** Markdown: a table per row, then memory and start. */
export function formatReport(summaries: readonly Summary[], facts: readonly ContenderFacts[]): string {
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
  return [...tables, `### Memory and start\n\n${memoryTable.join('\n')}\n`].join('\n');
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
