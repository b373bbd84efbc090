import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { checkLayers, readSourceFiles, type VendorRules, vendorRules } from './check-layers.ts';

const names = ['openai', 'xai', 'z-ai', 'openrouter', 'groq'];

function problemsOf(path: string, text: string, exceptions: VendorRules['exceptions'] = []): string[] {
  return checkLayers([{ path, text }], { names, exceptions });
}

describe('imports', () => {
  const cases: readonly (readonly [name: string, path: string, specifier: string, said: string])[] = [
    ['core imports nothing above it', 'src/core/money.ts', '../wire/sse.ts', 'core imports wire'],
    [
      'a dialect knows no provider',
      'src/dialects/dialect.ts',
      '../providers/provider.ts',
      'dialects imports providers',
    ],
    ['routing does not orchestrate', 'src/routing/plan.ts', '../pipeline/route.ts', 'routing imports pipeline'],
    ['the pipeline never sees the store', 'src/pipeline/settle.ts', '../store/lock.ts', 'pipeline imports store'],
    ['the server never sees the store', 'src/server/app.ts', '../store/lock.ts', 'server imports store'],
    [
      'the pipeline writes no log itself',
      'src/pipeline/settle.ts',
      '../telemetry/log.ts',
      'pipeline imports telemetry',
    ],
    ['egress is below the pipeline', 'src/egress/egress.ts', '../pipeline/route.ts', 'egress imports pipeline'],
    ['configuration does not know the catalogue', 'src/config/load.ts', '../catalog/load.ts', 'config imports catalog'],
    ['nobody imports the composition root', 'src/cli/serve.ts', '../compose.ts', 'cli imports main'],
    ['the store imports ports only', 'src/store/lock.ts', '../server/app.ts', 'store imports server'],
    ['the product does not import its tests', 'src/cli/sim.ts', '../../test/kit/keys.ts', 'no part of the product'],
    ['a pure layer imports no runtime module', 'src/core/ids.ts', 'node:crypto', 'core imports node:crypto'],
    ['a pure layer imports no Bun module', 'src/wire/sse.ts', 'bun', 'wire imports bun'],
    ['only the store opens a database', 'src/ledger/charge.ts', 'bun:sqlite', 'which only store uses'],
  ];

  test.each(cases)('%s', (_, path, specifier, said) => {
    const problems = problemsOf(path, `\nimport { a } from '${specifier}';\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toStartWith(`${path}:2: `);
    expect(problems[0]).toContain(said);
  });

  test.each([
    ['type-only', "import type { Store } from '../store/lock.ts';"],
    ['re-exporting', "export { open } from '../store/lock.ts';"],
    ['over several lines', "import {\n  open,\n} from '../store/lock.ts';"],
    ['dynamic', "const store = await import('../store/lock.ts');"],
    ['for its effect', "import '../store/lock.ts';"],
    ['double-quoted', 'import { open } from "../store/lock.ts";'],
  ])('an import is seen when it is %s', (_, line) => {
    expect(problemsOf('src/pipeline/settle.ts', line)).toHaveLength(1);
  });

  test('what a comment or a string says is no import', () => {
    const text = "// import { open } from '../store/lock.ts'\nconst usage = `import x from '../store/lock.ts'`;\n";
    expect(problemsOf('src/pipeline/settle.ts', text)).toEqual([]);
  });

  test('arrows are transitive, and the composition root may import all', () => {
    expect(problemsOf('src/cli/serve.ts', "import { money } from '../core/money.ts';")).toEqual([]);
    expect(problemsOf('src/serve.ts', "import { open } from './store/lock.ts';")).toEqual([]);
    expect(problemsOf('src/serve.ts', "import { version } from '../package.json';")).toEqual([]);
  });

  test('the store imports the ports it implements', () => {
    const text = "import type { ManagementQueries } from '../server/management/queries.ts';";
    expect(problemsOf('src/store/open-sqlite-store.ts', text)).toEqual([]);
  });

  test('siblings do not import each other, except what they share', () => {
    const path = 'src/dialects/gemini/request.ts';
    expect(problemsOf(path, "import { a } from '../anthropic-messages/rules.ts';")[0]).toContain('its sibling');
    expect(problemsOf(path, "import { a } from '../shared/media.ts';")).toEqual([]);
    expect(problemsOf(path, "import { a } from '../dialect.ts';")).toEqual([]);
    expect(problemsOf(path, "import { a } from './request/media.ts';")).toEqual([]);
    expect(problemsOf('src/policies/budget/policy.ts', "import { a } from '../pii/policy.ts';")).toHaveLength(1);
  });

  test('a folder outside the table is asked for its place', () => {
    expect(problemsOf('src/misc/a.ts', '')[0]).toContain('in no layer');
  });
});

describe('purity', () => {
  test.each([
    ['const now = Date.now();'],
    ['const now = new Date();'],
    ['const roll = Math.random();'],
    ["const home = process.env['HOME'];"],
    ['const id = crypto.randomUUID();'],
    ["const answer = await fetch('https://example.org');"],
    ["const file = Bun.file('a');"],
    ['setTimeout(run, 5);'],
    ['const text = `at $' + '{Date.now()}`;'],
  ])('a pure layer does not say %s', (line) => {
    for (const path of ['src/core/a.ts', 'src/wire/a.ts', 'src/dialects/gemini/a.ts', 'src/routing/rules/a.ts']) {
      expect(problemsOf(path, `export const x = 1;\n${line}\n`)[0]).toStartWith(`${path}:2: `);
    }
    expect(problemsOf('src/pipeline/a.ts', line)).toEqual([]);
  });

  test.each([
    ['// Date.now() is not for us'],
    ["const message = 'call fetch() or process.exit()';"],
    ['const found = /Date.now/.test(text);'],
    ['const time = new Date(atMs);'],
    ['const own = this.process.next();'],
  ])('%s is no breach', (line) => {
    expect(problemsOf('src/core/a.ts', line)).toEqual([]);
  });
});

describe('vendor names', () => {
  test.each([
    ["const base = 'https://api.openai.com';"],
    ['const openAiBase = base;'],
    ["const key = env['OPENAI_API_KEY'];"],
    ["if (provider === 'xai') return;"],
    ["if (author === 'z-ai') return;"],
    ['const viaGroq = true;'],
  ])('the core does not say %s', (line) => {
    expect(problemsOf('src/pipeline/a.ts', line)[0]).toContain('names ');
  });

  test.each([
    ['src/pipeline/a.ts', '/** As openai.com documents it. */'],
    ['src/pipeline/a.ts', "const xaiomatic = 'relaxing groqueries';"],
    ['src/dialects/openai-chat/a.ts', "const x = 'openai';"],
    ['src/providers/groq.ts', "const x = 'groq';"],
    ['src/pipeline/a.test.ts', "const x = 'openai';"],
  ])('%s may say %s', (path, line) => {
    expect(problemsOf(path, line)).toEqual([]);
  });

  test('an exception holds for its path and names alone', () => {
    const exceptions = [{ path: 'src/server/', names: ['openrouter', 'openai'], because: 'its header is served' }];
    const text = "const title = headers.get('x-openrouter-title');\nconst dialect = openAiChat;\n";
    expect(problemsOf('src/server/authenticate.ts', text, exceptions)).toEqual([]);
    expect(problemsOf('src/server/authenticate.ts', `${text}const x = 'groq';`, exceptions)).toHaveLength(1);
    expect(problemsOf('src/ledger/charge.ts', text)).toHaveLength(2);
  });

  test('an exception that nothing needs is reported', () => {
    const exceptions = [{ path: 'src/compose.ts', names: ['openai'], because: 'it lists the dialects' }];
    expect(problemsOf('src/compose.ts', 'export const dialects = [];', exceptions)[0]).toContain('no longer needed');
  });
});

test('the tree keeps to its layers', () => {
  expect(checkLayers(readSourceFiles(join(import.meta.dir, '..')), vendorRules())).toEqual([]);
});
