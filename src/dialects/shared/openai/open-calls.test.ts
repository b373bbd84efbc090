import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { type OpenCalls, openCalls } from './open-calls.ts';

interface Call {
  readonly id: string;
  readonly name: string;
}

type Step = readonly ['add' | 'id' | 'name' | 'oldest', id: string, name: string];

const word = fc.constantFrom('a', 'b', '__proto__', '');
const step = fc.tuple(fc.constantFrom('add', 'id', 'name', 'oldest'), word, word);

/** A plain list, searched from its beginning. */
function naiveCalls(): OpenCalls<Call> {
  const open: Call[] = [];
  const take = (at: number): Call | undefined => (at < 0 ? undefined : open.splice(at, 1)[0]);
  return {
    add: (call) => open.push(call),
    takeById: (id) => take(open.findIndex((call) => call.id === id)),
    takeByName: (name) => take(open.findIndex((call) => call.name === name)),
    takeOldest: () => take(0),
  };
}

function walk(calls: OpenCalls<Call>, steps: readonly Step[]): readonly (Call | undefined)[] {
  const found: (Call | undefined)[] = [];
  for (const [what, id, name] of steps) {
    if (what === 'add') calls.add({ id, name });
    else if (what === 'id') found.push(calls.takeById(id));
    else if (what === 'name') found.push(calls.takeByName(name));
    else found.push(calls.takeOldest());
  }
  return found;
}

test('a result finds the call that a search through all of them finds', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      expect(walk(openCalls(), steps)).toEqual([...walk(naiveCalls(), steps)]);
    }),
    { seed: 7, numRuns: 300 },
  );
});
