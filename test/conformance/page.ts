/** The matrix as a page. */
import { cases } from './cases.ts';
import { type Cell, faces } from './matrix.ts';

const MARKS = { pass: '✓', fail: '✗' } as const;

export function pageOf(cells: readonly Cell[]): string {
  const reasons: string[] = [];
  const tables = faces.map((face) => {
    const own = cells.filter((cell) => cell.face === face);
    const upstreams = [...new Set(own.map(({ upstream }) => upstream))];
    const head = ['case', ...upstreams.map(({ dialect }) => dialect)];
    const rows = cases.map((what) => [
      what.name,
      ...upstreams.map((upstream) =>
        markOf(
          own.find((cell) => cell.what === what && cell.upstream === upstream),
          reasons,
        ),
      ),
    ]);
    return [`## ${face.name}`, '', line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n');
  });
  const notes = reasons.map((reason, at) => `${at + 1}. ${reason}`);
  return [
    '# Conformance',
    '',
    'Every client face (one table each) against every upstream face (the columns), each case whole and streamed, over HTTP against',
    'the simulated provider. ✓ = both forms hold. A number = one of the two grammars has no words for it; the reasons are below.',
    'Made by `npm run conformance -- --write`; the tests fail where it is out of date.',
    '',
    ...tables,
    '## Reasons',
    '',
    ...notes,
    '',
  ].join('\n');
}

function markOf(cell: Cell | undefined, reasons: string[]): string {
  if (!cell) return '';
  if (cell.outcome !== 'skip') return MARKS[cell.outcome];
  if (!reasons.includes(cell.why)) reasons.push(cell.why);
  return String(reasons.indexOf(cell.why) + 1);
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
