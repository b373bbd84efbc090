/**
 * Python's `openai` and `anthropic` packages, unmodified, where Python and the packages are installed: the cases are Python
 * (test/clients/python), one process per package plays them against gateways to several upstream grammars, and the guide's
 * snippets after them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { z } from 'zod';
import { snippetsOf } from '../kit/guide.ts';
import { everyUpstream, startGatewayTo } from '../kit/sim-lab.ts';
import type { Gateway } from '../kit/start-gateway.ts';

const FOLDER = join(import.meta.dir, 'python');
const PATIENCE_MS = 60_000;
/** Each package's modules; every one has every case. The guide has the package's name. */
const MODULES = { openai: ['openai_chat', 'openai_responses'], anthropic: ['anthropic_messages'] } as const;
const CASES = [
  'whole',
  'stream',
  'tools in two turns',
  'structured output',
  'image',
  'reasoning',
  'error',
  'abort',
] as const;
/** Each package's own grammars, and for each two others. */
const UPSTREAMS = everyUpstream.filter(({ dialect }) =>
  ['openai-chat', 'anthropic-messages', 'openai-responses'].includes(dialect),
);

const installed = packagesOf('python3');
const gateways = new Map<string, Gateway>();
beforeAll(async () => {
  if (installed.size === 0) return;
  for (const upstream of UPSTREAMS) gateways.set(upstream.dialect, await startGatewayTo(upstream));
});
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.stop();
});

for (const [name, modules] of Object.entries(MODULES)) {
  const version = installed.get(name);
  const title = `python ${name} ${version ?? '(left out: python3 has no such package)'}`;
  describe.skipIf(version === undefined)(title, () => declare(modules, name));
}

function declare(modules: readonly string[], guide: string): void {
  let outcomes: ReadonlyMap<string, string> = new Map();
  beforeAll(async () => {
    outcomes = await play(modules, guide);
  }, PATIENCE_MS);

  const rows = CASES.flatMap((each) => UPSTREAMS.map(({ dialect }) => [each, dialect] as const));
  for (const module of modules) {
    test.each(rows)(`${module}: %s · %s`, (each, dialect) => {
      expect(outcomes.get(`${module} ${each} ${dialect}`)).toBe('ok');
    });
  }

  test('the guide prints what it says', () => {
    const snippets = snippetsOf(guide, 'python', { url: '' });
    expect(snippets.length).toBeGreaterThan(1);
    const printed = snippets.map((_, at) => outcomes.get(`guide ${at} `));
    expect(printed).toEqual(snippets.map(({ told }) => told ?? ''));
  });
}

/** The installed ones and their versions; none where there is no Python. */
function packagesOf(python: string): ReadonlyMap<string, string> {
  if (Bun.which(python) === null) return new Map();
  const script = `
import importlib.metadata as packages
for name in ${JSON.stringify(Object.keys(MODULES))}:
    try: print(name, packages.version(name))
    except packages.PackageNotFoundError: pass`;
  const { stdout } = Bun.spawnSync([python, '-c', script]);
  const lines = stdout.toString().split('\n').filter(Boolean);
  return new Map(lines.map((line) => z.tuple([z.string(), z.string()]).parse(line.split(' '))));
}

const outcomeLine = z.object({ module: z.string(), case: z.string(), upstream: z.string(), outcome: z.string() });

/** What came of each case, by module, case and upstream: `ok`, or where it failed. */
async function play(modules: readonly string[], guide: string): Promise<ReadonlyMap<string, string>> {
  const told = [...gateways].map(([upstream, { url, apiKey }]) => ({ upstream, url, key: apiKey }));
  const gateway = gateways.get('openai-chat');
  if (!gateway) throw new Error('no gateway to openai-chat');
  const snippets = snippetsOf(guide, 'python', gateway).map(({ code }) => code);
  const child = Bun.spawn(['python3', 'run.py', ...modules], {
    cwd: FOLDER,
    env: {
      ...process.env,
      GATEWAYS: JSON.stringify(told),
      SNIPPETS: JSON.stringify(snippets),
      SIGNALBOX_API_KEY: gateway.apiKey,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONUTF8: '1',
    },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`run.py failed:\n${errors}`);
  const lines = output.split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const { module, case: name, upstream, outcome } = outcomeLine.parse(JSON.parse(line));
      return [`${module} ${name} ${upstream}`, outcome];
    }),
  );
}
