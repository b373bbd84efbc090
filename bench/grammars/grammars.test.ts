/** The benchmark's own answers through the lanes, and whether its judge sees what is wrong with one. */
import { describe, expect, test } from 'bun:test';
import { problemWith } from '../check-answer.ts';
import { flushesOf, openPlayer } from '../play-lane.ts';
import { isTranslated, ROWS, relayRowOf } from '../rows.ts';
import { GRAMMARS } from './index.ts';

const streams = ROWS.filter(({ group }) => group === 'streams');

test('every client has a relaying row, and every translating row one to compare with', () => {
  const relayed = streams.filter((row) => !isTranslated(row)).map(({ client }) => client);
  expect(relayed.sort()).toEqual(
    Object.values(GRAMMARS)
      .map(({ id }) => id)
      .sort(),
  );
  for (const row of ROWS.filter(isTranslated)) expect(relayRowOf(row)?.client).toBe(row.client);
});

describe.each(streams.map((row) => [row.id, row] as const))('%s', (_, row) => {
  const answer = openPlayer(row)(flushesOf(row));

  test('is right, however the bytes are read', () => {
    expect(problemWith(row, 200, answer, true)).toBeNull();
    const bytes = Buffer.concat(flushesOf(row));
    const reads = Array.from({ length: Math.ceil(bytes.length / 333) }, (_, at) =>
      bytes.subarray(at * 333, (at + 1) * 333),
    );
    expect(openPlayer(row)(reads)).toBe(answer);
  });

  test('is wrong where something of it is missing, twice or another', () => {
    const wrong = (body: string, status = 200): string => problemWith(row, status, body, true) ?? 'nothing is wrong';
    expect(wrong(answer, 502)).toStartWith('status 502');
    expect(wrong(answer.replaceAll('"tok5 "', '"lost"'))).toBe('content frame 6 where 5 was due');
    expect(wrong(answer.replaceAll('"tok97 "', '"lost"'))).toBe('97 content frames of 98');
    expect(wrong(answer.replace('"tok5 "', '"tok5 ","tok5 "'))).toBe('content frame 5 where 6 was due');
    for (const ending of GRAMMARS[row.client].endings) {
      const without = answer.replaceAll('": ', '":').replaceAll(ending, '');
      expect(wrong(without)).toBe(`no ${ending} where it was due`);
    }
    expect(wrong(answer.replaceAll('"cost":0.00045', '"cost":0.0005'))).toBe('no "cost":0.00045');
    expect(wrong(answer.slice(0, answer.lastIndexOf('"cost":') + 15))).toMatch(/^(?:no |cut )/);
  });
});
