import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Entry } from '../candidate.ts';
import { type Host, planOf } from '../lab.fixture.ts';
import { moveToFront, sortEntries } from './sort-entries.ts';

const keys = fc.tuple(fc.constantFrom(-1, 0, 1, 1e9), fc.constantFrom(-3.5, 0, Number.MAX_VALUE), fc.nat({ max: 3 }));

function entriesOf(rows: readonly (readonly [place: number, figure: number, usd: number])[]): Entry[] {
  const hosts = rows.map(([, , usd], at): Host => ({ name: `h${at}`, usd }));
  const byName = new Map(planOf({ hosts }).targets.map((entry) => [entry.candidate.host.name, entry]));
  return rows.flatMap(([place, figure], at) => {
    const entry = byName.get(`h${at}`);
    return entry ? [{ ...entry, place, figure }] : [];
  });
}

test('by place, then figure, then cost; equals keep their order, in short lists and in long ones', () => {
  const lists = fc.oneof(fc.array(keys, { maxLength: 8 }), fc.array(keys, { minLength: 60, maxLength: 70 }));
  fc.assert(
    fc.property(lists, (rows) => {
      const entries = entriesOf(rows);
      const expected = entries.toSorted((a, b) => a.place - b.place || a.figure - b.figure || a.costPico - b.costPico);
      expect(sortEntries(entries)).toBe(entries);
      expect(entries.map(({ offer }) => offer.at)).toEqual(expected.map(({ offer }) => offer.at));
    }),
    { seed: 5, numRuns: 60 },
  );
});

test('one moves to the front, those before it step back', () => {
  const moved = (at: number): string => {
    const list = [...'abcd'];
    moveToFront(list, at);
    return list.join('');
  };
  expect([0, 1, 3, 4, -1].map(moved)).toEqual(['abcd', 'bacd', 'dabc', 'abcd', 'abcd']);
});
