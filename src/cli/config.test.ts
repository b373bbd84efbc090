import { describe, expect, test } from 'bun:test';
import { providers } from '../providers/registry.gen.ts';
import { configCommand } from './config.ts';

async function run(args: readonly string[], files: Record<string, string> = {}, env: Record<string, string> = {}) {
  let output = '';
  const io = {
    env,
    write(text: string) {
      output += text;
    },
    async readFile(path: string) {
      const text = files[path];
      if (text === undefined) throw new Error('no such file');
      return text;
    },
  };
  const context = { knownProviders: providers, builtDialects: ['openai-chat', 'anthropic-messages', 'gemini'] };
  const code = await configCommand(args, io, context);
  return { code, output };
}

describe('config check', () => {
  test('refuses a database that this release cannot use, as serve does', async () => {
    const text = 'providers: { sim: {} }\ndatabase_url: postgres://db/signalbox\n';
    const { code, output } = await run(['check', 'signalbox.yaml'], { 'signalbox.yaml': text });
    expect(code).toBe(1);
    expect(output).toStartWith('signalbox.yaml: database_url (or SIGNALBOX_DATABASE_URL) is set, but PostgreSQL');
  });

  test('says what a sound file would serve', async () => {
    const text = `listen: 0.0.0.0:9000
tls: { cert: /c.pem, key: /k.pem }
aliases: { fast: openai/gpt-4o-mini }
providers:
  openai: { api_key: "\${OPENAI_API_KEY}" }
  groq: { api_key: gsk-1, models: [openai/gpt-oss-120b] }
  lab:
    dialect: openai-chat
    base_url: http://127.0.0.1:8000/v1
    api_key: none
    models: [a/b, c/d]
  both: { dialects: [openai-chat, anthropic-messages], base_url: "http://127.0.0.1:8001/v1", api_key: none, models: [e/f] }
`;
    expect(await run(['check', 'signalbox.yaml'], { 'signalbox.yaml': text }, { OPENAI_API_KEY: 'sk-1' })).toEqual({
      code: 0,
      output: `signalbox.yaml is sound. It would serve:
  listen     https://0.0.0.0:9000
  data       ./data
  catalogue  needs a key
  aliases    1
  providers
    openai  every model of the catalogue
    groq    1 model
    lab     2 models, openai-chat at http://127.0.0.1:8000/v1
    both    1 model, openai-chat and anthropic-messages at http://127.0.0.1:8001/v1
`,
    });
  });

  test('prints every mistake and fails', async () => {
    const text = 'providers:\n  opnai: {}\n  amazon-bedrock: { api_key: k, settings: { region: eu-west-1 } }\n';
    expect(await run(['check', 'a.yaml'], { 'a.yaml': text })).toEqual({
      code: 1,
      output: `a.yaml:2:3: providers.opnai: is no known provider; a host of your own needs base_url and dialect. Did you mean openai?
a.yaml:3:3: providers.amazon-bedrock: speaks bedrock-converse, a dialect that is known but not built yet. Built: anthropic-messages, gemini, openai-chat.

a.yaml has 2 problems; nothing was started or changed.
`,
    });
  });

  test('a file that cannot be read and a wrong call fail with a reason', async () => {
    expect(await run(['check', 'b.yaml'])).toEqual({ code: 1, output: 'b.yaml: cannot be read: no such file\n' });
    expect((await run(['chekc', 'b.yaml'])).output).toStartWith('usage: signalbox config check FILE\n');
    expect((await run(['check'])).code).toBe(2);
  });

  test('every provider of the registry can be switched on by one line, or is refused by name', async () => {
    for (const { id, settings, dialect } of providers) {
      const values = JSON.stringify(Object.fromEntries(Object.keys(settings ?? {}).map((name) => [name, 'x'])));
      const text = `providers: { ${id}: { api_key: k, settings: ${values} } }`;
      const { code, output } = await run(['check', 'c.yaml'], { 'c.yaml': text });
      const isBuilt = ['openai-chat', 'anthropic-messages', 'gemini'].includes(dialect);
      expect({ id, code, isNamed: output.includes('known but not built') }).toEqual({
        id,
        code: isBuilt ? 0 : 1,
        isNamed: !isBuilt,
      });
    }
  });
});
