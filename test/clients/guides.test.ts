/** The guides' JavaScript, run as it stands: every snippet prints what the guide says. Python's is run by python-sdks.test.ts. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import project from '../../package.json' with { type: 'json' };
import agents from '../agents/package.json' with { type: 'json' };
import { guideTexts, snippetsOf } from '../kit/guide.ts';
import { type Gateway, startGateway } from '../kit/start-gateway.ts';

const PAGES = ['openai', 'anthropic', 'google-genai', 'openrouter-sdk', 'ai-sdk', 'langchain'] as const;
const ROOT = join(import.meta.dir, '../..');
/** Tells that a snippet ends, among what the page prints. */
const END = '\u0000';

globalThis.AI_SDK_LOG_WARNINGS = false;

let gateway: Gateway;
let folder: string;
const before = process.env['SIGNALBOX_API_KEY'];
beforeAll(async () => {
  gateway = await startGateway();
  process.env['SIGNALBOX_API_KEY'] = gateway.apiKey;
  folder = mkdtempSync(join(tmpdir(), 'signalbox-guides-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(async () => {
  if (before === undefined) delete process.env['SIGNALBOX_API_KEY'];
  else process.env['SIGNALBOX_API_KEY'] = before;
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.each(PAGES)('%s', async (page) => {
  const snippets = snippetsOf(page, 'js', gateway);
  expect(snippets.length).toBeGreaterThan(0);
  const file = join(folder, `${page}.mjs`);
  writeFileSync(file, snippets.map(({ code }) => `${code}\nprocess.stdout.write('\\u0000');\n`).join(''));
  const printed = (await outputOf(() => import(file))).split(END).map((text) => text.trim());
  expect(printed.slice(0, snippets.length)).toEqual(snippets.map(({ told }, at) => told ?? printed[at] ?? ''));
});

test('the versions named are those that are tested', () => {
  const tested = new Map(Object.entries({ ...project.devDependencies, ...agents.dependencies }));
  // Python's packages are whatever the machine has.
  const NAMED = /(Python[^`]{0,5})?`([\w@/.-]+)` (\d+\.\d+\.\d+)/g;
  const named = guideTexts().flatMap((text) =>
    [...text.matchAll(NAMED)].flatMap(([, python, name = '', version = '']) => (python ? [] : [[name, version]])),
  );
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter(([name = '', version]) => tested.get(name) !== version)).toEqual([]);
});

/** What is printed meanwhile. */
async function outputOf(run: () => Promise<unknown>): Promise<string> {
  let output = '';
  const { write } = process.stdout;
  const { log } = console;
  process.stdout.write = (piece: string | Uint8Array): boolean => {
    output += piece;
    return true;
  };
  console.log = (...values: unknown[]): void => {
    output += `${format(...values)}\n`;
  };
  try {
    await run();
  } finally {
    process.stdout.write = write;
    console.log = log;
  }
  return output;
}
