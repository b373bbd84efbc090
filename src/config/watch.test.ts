import { afterEach, beforeEach, expect, test } from 'bun:test';
import { EventEmitter } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigWatch, watchConfig } from './watch.ts';

let folder: string;
let file: string;
let open: ConfigWatch | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-watch-'));
  file = join(folder, 'signalbox.yaml');
  writeFileSync(file, 'a: 1');
});
afterEach(() => {
  open?.close();
  rmSync(folder, { recursive: true });
});

function start() {
  const signals = new EventEmitter();
  const causes: string[] = [];
  let wake: () => void = () => {};
  open = watchConfig({
    file,
    signalSource: signals,
    debounceMs: 20,
    onChange(cause) {
      causes.push(cause);
      wake();
    },
  });
  const next = () => new Promise<void>((resolve) => (wake = resolve));
  return { signals, causes, next };
}
const quiet = () => Bun.sleep(80);

test('a write is told once, however many events it makes', async () => {
  const { causes, next } = start();
  const told = next();
  writeFileSync(file, 'a: 2');
  writeFileSync(file, 'a: 3');
  await told;
  await quiet();
  expect(causes).toEqual(['file']);
});

test('an editor that renames a new file over the old one is seen, again and again', async () => {
  const { causes, next } = start();
  for (const round of [1, 2]) {
    const told = next();
    writeFileSync(join(folder, '.signalbox.yaml.swp'), `a: ${round}`);
    renameSync(join(folder, '.signalbox.yaml.swp'), file);
    await told;
    await quiet();
  }
  expect(causes).toEqual(['file', 'file']);
});

test('other files of the folder are none of its business', async () => {
  const { causes } = start();
  writeFileSync(join(folder, 'other.yaml'), 'a: 2');
  await quiet();
  expect(causes).toEqual([]);
});

test('SIGHUP is told as a signal', async () => {
  const { signals, causes, next } = start();
  const told = next();
  signals.emit('SIGHUP');
  await told;
  expect(causes).toEqual(['signal']);
});

test('after close nothing is told and nothing listens', async () => {
  const { signals, causes } = start();
  signals.emit('SIGHUP');
  open?.close();
  expect(signals.listenerCount('SIGHUP')).toBe(0);
  writeFileSync(file, 'a: 4');
  await quiet();
  expect(causes).toEqual([]);
});

test('a folder that cannot be watched is reported and signals still work', async () => {
  const signals = new EventEmitter();
  const errors: Error[] = [];
  const causes: string[] = [];
  open = watchConfig({
    file: join(folder, 'missing', 'signalbox.yaml'),
    signalSource: signals,
    debounceMs: 1,
    onChange: (cause) => causes.push(cause),
    onError: (error) => errors.push(error),
  });
  signals.emit('SIGHUP');
  await Bun.sleep(20);
  expect(errors).toHaveLength(1);
  expect(causes).toEqual(['signal']);
});
