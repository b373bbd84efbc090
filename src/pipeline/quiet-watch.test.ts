import { expect, test } from 'bun:test';
import type { Deadline, Deadlines } from './deadlines.ts';
import { QUIET, QuietWatch } from './quiet-watch.ts';

function lab() {
  let nowMs = 0;
  const open = new Set<{ atMs: number; readonly onExpire: () => void }>();
  const deadlines: Deadlines = {
    start(atMs, onExpire): Deadline {
      const entry = { atMs, onExpire };
      open.add(entry);
      return { move: (next) => (entry.atMs = next), cancel: () => open.delete(entry) };
    },
    close: () => open.clear(),
  };
  return {
    watch: new QuietWatch({ clock: { now: () => nowMs }, deadlines }, 100),
    open,
    pass(ms: number) {
      nowMs += ms;
      for (const entry of [...open]) {
        if (entry.atMs > nowMs) continue;
        open.delete(entry);
        entry.onExpire();
      }
    },
  };
}

test('a wait that ends in time gives what was waited for', async () => {
  const { watch, pass } = lab();
  const wait = Promise.withResolvers<string>();
  const during = watch.during(wait.promise);
  pass(99);
  wait.resolve('text');
  expect(await during).toBe('text');
});

test('one that is too long is told as quiet, again and again, and goes on', async () => {
  const { watch, pass } = lab();
  const wait = Promise.withResolvers<string>();
  for (let i = 0; i < 3; i++) {
    const during = watch.during(wait.promise);
    pass(100);
    expect(await during).toBe(QUIET);
  }
  const last = watch.during(wait.promise);
  wait.resolve('late');
  expect(await last).toBe('late');
});

test('each wait has its own time, and nothing is left behind', async () => {
  const { watch, open, pass } = lab();
  expect(await watch.during(Promise.resolve(1))).toBe(1);
  pass(99);
  const second = watch.during(new Promise<number>(() => {}));
  pass(99);
  expect(open.size).toBe(1);
  pass(1);
  expect(await second).toBe(QUIET);
  watch.close();
  expect(open.size).toBe(0);
});

test('what fails fails', async () => {
  const { watch } = lab();
  const gone = new Error('gone');
  expect(await watch.during(Promise.reject(gone)).catch((thrown: unknown) => thrown)).toBe(gone);
});
