// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references in the file are what is tested.
import { describe, expect, test } from 'bun:test';
import { providers } from '../providers/registry.gen.ts';
import type { Environment } from './interpolate.ts';
import { type LoadInput, loadSettings } from './load.ts';
import { formatProblem } from './problems.ts';
import type { ProviderSettings } from './settings.ts';

const BUILT = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini', 'bedrock-converse'];
const PEM = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n';
const ACCOUNT = {
  type: 'service_account',
  client_email: 'gate@lab.iam.gserviceaccount.com',
  private_key: PEM,
  project_id: 'lab-project',
  universe_domain: 'googleapis.com',
};
const PERSON = { type: 'authorized_user', client_id: 'i', client_secret: 's3cret', refresh_token: 'r3fresh' };
const FILES: Readonly<Record<string, string>> = {
  '/etc/signalbox/account.json': JSON.stringify(ACCOUNT),
  '/home/op/person.json': JSON.stringify(PERSON),
  '/home/op/workload.json': JSON.stringify({ type: 'external_account', audience: 'a' }),
  '/home/op/broken.json': '{"private_key": "s3cret',
};

function readText(path: string): string {
  const text = FILES[path];
  if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
  return text;
}

function load(text: string | null, env: Environment = {}, overrides: Partial<LoadInput> = {}) {
  const file = text === null ? { file: null } : { file: '/etc/signalbox/box.yaml', text };
  return loadSettings({
    env,
    flags: {},
    knownProviders: providers,
    builtDialects: BUILT,
    readText,
    ...file,
    ...overrides,
  });
}

function loaded(text: string | null, env: Environment = {}): readonly ProviderSettings[] {
  const outcome = load(text, env);
  if (!outcome.ok) throw new Error(outcome.problems.map(formatProblem).join('\n'));
  return outcome.settings.providers;
}

function printed(text: string, env: Environment = {}): readonly string[] {
  const outcome = load(text, env);
  return outcome.ok ? [] : outcome.problems.map((problem) => formatProblem(problem).replace('/etc/signalbox/', ''));
}

const AWS = { AWS_ACCESS_KEY_ID: 'AKIA1', AWS_SECRET_ACCESS_KEY: 's3cret', AWS_REGION: 'eu-west-1' };

describe('a pair of keys', () => {
  test('of the file, with its region', () => {
    const [bedrock] = loaded(
      `providers:
  amazon-bedrock:
    credentials: { access_key_id: AKIA1, secret_access_key: "\${SECRET}", session_token: t }
    settings: { region: us-east-1 }
`,
      { SECRET: 's3cret' },
    );
    expect(bedrock).toMatchObject({
      apiKey: null,
      credentials: { access_key_id: 'AKIA1', secret_access_key: 's3cret', session_token: 't' },
      settings: { region: 'us-east-1' },
      authorization: null,
    });
  });

  test('of the environment, for an entry that says nothing and without a file', () => {
    const expected = {
      id: 'amazon-bedrock',
      apiKey: null,
      credentials: { access_key_id: 'AKIA1', secret_access_key: 's3cret' },
      settings: { region: 'eu-west-1' },
    };
    expect(loaded('providers: { amazon-bedrock: {} }', AWS)).toMatchObject([expected]);
    expect(loaded(null, AWS)).toMatchObject([expected]);
  });

  test('stands behind a key, and is off where the entry has one', () => {
    const env = { ...AWS, AWS_BEARER_TOKEN_BEDROCK: 'b3arer' };
    for (const text of [
      null,
      'providers: { amazon-bedrock: {} }',
      'providers: { amazon-bedrock: { api_key: b3arer } }',
    ]) {
      const [bedrock] = loaded(text, env);
      expect(bedrock?.apiKey).toBe('b3arer');
      expect(bedrock?.credentials).toBeUndefined();
    }
    const [both] = loaded('providers: { amazon-bedrock: { api_keys: [k1, k2] } }', AWS);
    expect(both).toMatchObject({ apiKey: 'k1', moreApiKeys: ['k2'] });
    expect(both?.credentials).toBeUndefined();
  });

  test('does not switch a host on whose own variable is missing', () => {
    expect(loaded(null, { ...AWS, ANTHROPIC_AWS_WORKSPACE_ID: 'w1' }).map(({ id }) => id)).toEqual([
      'amazon-bedrock',
      'claude-platform-on-aws',
    ]);
  });

  test('half of one in the environment stops nothing else', () => {
    const outcome = load(null, { AWS_ACCESS_KEY_ID: 'AKIA1', AWS_REGION: 'r', OPENAI_API_KEY: 'sk-1' });
    expect(outcome.ok && outcome.settings.providers.map(({ id }) => id)).toEqual(['openai']);
    expect(outcome.ok && outcome.notices).toEqual([
      'environment: AWS_ACCESS_KEY_ID is set, but amazon-bedrock stays off: the environment needs secret_access_key.',
    ]);
  });
});

describe('an account of a file', () => {
  const vertex = { credentials: ACCOUNT, settings: { project: 'lab-project', location: 'global' } };

  test.each([
    ['a path beside the configuration', 'credentials: account.json', {}],
    ['an absolute path', 'credentials: /etc/signalbox/account.json', {}],
    ['what the file holds', 'credentials: "${ACCOUNT}"', { ACCOUNT: JSON.stringify(ACCOUNT) }],
    ['a group of keys', `credentials: ${JSON.stringify(ACCOUNT)}`, {}],
    ['a path in the environment', '', { GOOGLE_APPLICATION_CREDENTIALS: '/etc/signalbox/account.json' }],
  ])('%s', (_, line, env) => {
    expect(loaded(`providers: { google-vertex: { ${line} } }`, env)).toMatchObject([vertex]);
  });

  test('project and location are said, or of the environment, or the account’s and global', () => {
    const settingsOf = (text: string, env: Environment = {}) => loaded(text, env)[0]?.settings;
    const text = 'providers: { google-vertex: { credentials: account.json } }';
    const env = { GOOGLE_VERTEX_PROJECT: 'p1', GOOGLE_CLOUD_LOCATION: 'eu' };
    expect(settingsOf(text, env)).toEqual({ project: 'p1', location: 'eu' });
    const said = text.replace(' }', ', settings: { project: p2, location: us-east5 } }');
    expect(settingsOf(said, env)).toEqual({ project: 'p2', location: 'us-east5' });
  });

  test('in the environment alone it counts where something says that it is for this provider', () => {
    const env = { GOOGLE_APPLICATION_CREDENTIALS: '/home/op/person.json' };
    expect(loaded(null, env).map(({ id }) => id)).toEqual(['sim']);
    expect(loaded(null, { ...env, GOOGLE_VERTEX_PROJECT: 'p1' })).toMatchObject([
      { id: 'google-vertex', credentials: PERSON, settings: { project: 'p1', location: 'global' } },
    ]);
  });

  test('a file that nobody may open where nothing is sent is not opened', () => {
    const text = 'providers: { google-vertex: { credentials: nowhere.json } }';
    const outcome = loadSettings({
      file: 'box.yaml',
      text,
      env: {},
      flags: {},
      knownProviders: providers,
      builtDialects: BUILT,
    });
    expect(outcome.ok && outcome.settings.providers).toMatchObject([
      { credentials: {}, settings: { project: 'unread', location: 'global' } },
    ]);
  });
});

describe('mistakes', () => {
  const at = 'box.yaml:1:';
  const mistakes: readonly (readonly [what: string, text: string, says: readonly string[], env?: Environment])[] = [
    [
      'a key beside them',
      'providers: { amazon-bedrock: { api_key: k, credentials: { access_key_id: A, secret_access_key: s3cret }, settings: { region: r } } }',
      [`${at}44: providers.amazon-bedrock.credentials: stands beside api_key: write the one or the other.`],
    ],
    [
      'a key of theirs misspelt',
      'providers: { amazon-bedrock: { credentials: { acess_key_id: A, secret_access_key: s3cret }, settings: { region: r } } }',
      [
        `${at}32: providers.amazon-bedrock.credentials: needs access_key_id.`,
        `${at}47: providers.amazon-bedrock.credentials.acess_key_id: unknown key. Did you mean access_key_id?`,
      ],
    ],
    [
      'no region, at an address of the operator’s too',
      'providers: { amazon-bedrock: { base_url: "https://vpce.example", credentials: { access_key_id: A, secret_access_key: s3cret } } }',
      [
        `${at}14: providers.amazon-bedrock: amazon-bedrock needs settings.region, or AWS_REGION or AWS_DEFAULT_REGION in the environment.`,
      ],
    ],
    [
      'a host that takes a key',
      'providers: { openai: { credentials: { access_key_id: A } } }',
      [`${at}24: providers.openai.credentials: openai takes a key: write api_key.`],
    ],
    [
      'a way to send a key',
      'providers: { google-vertex: { authorization: bearer, credentials: account.json } }',
      [`${at}31: providers.google-vertex.authorization: says how a key is sent; with credentials leave it out.`],
    ],
    [
      'a file that is not there',
      'providers: { google-vertex: { credentials: sk-or-v1-s3cret } }',
      [`${at}31: providers.google-vertex.credentials: names a file that cannot be read (ENOENT).`],
    ],
    [
      'a file that is no JSON',
      'providers: { google-vertex: { credentials: /home/op/broken.json } }',
      [`${at}31: providers.google-vertex.credentials: holds no JSON object.`],
    ],
    [
      'a file of another kind',
      'providers: { google-vertex: { credentials: /home/op/workload.json, settings: { project: p } } }',
      [
        `${at}31: providers.google-vertex.credentials: is a file of type external_account; service_account and authorized_user are supported. Create a key of a service account.`,
      ],
    ],
    [
      'the same, named by the environment',
      'providers: { google-vertex: { settings: { project: p } } }',
      [
        `${at}14: providers.google-vertex: the file of GOOGLE_APPLICATION_CREDENTIALS is a file of type external_account; service_account and authorized_user are supported. Create a key of a service account.`,
      ],
      { GOOGLE_APPLICATION_CREDENTIALS: '/home/op/workload.json' },
    ],
    [
      'an account without a project',
      'providers: { google-vertex: { credentials: /home/op/person.json } }',
      [
        `${at}14: providers.google-vertex: google-vertex needs settings.project, or GOOGLE_VERTEX_PROJECT or GOOGLE_CLOUD_PROJECT in the environment, or base_url.`,
      ],
    ],
    [
      'a location for a key',
      'providers: { google-vertex: { api_key: k, settings: { location: eu } } }',
      [
        `${at}55: providers.google-vertex.settings.location: goes with credentials; an API key has an address without it.`,
      ],
    ],
    [
      'neither a key nor credentials',
      'providers: { amazon-bedrock: { settings: { region: r } } }',
      [
        `${at}14: providers.amazon-bedrock: amazon-bedrock needs api_key, or AWS_BEARER_TOKEN_BEDROCK in the environment, or credentials with access_key_id and secret_access_key. Write api_key: none where the host takes no key.`,
      ],
    ],
  ];
  test.each(mistakes.map(([what, text, says, env = {}]) => [what, text, says, env] as const))(
    '%s',
    (_, text, says, env) => {
      const lines = printed(text, env);
      expect(lines).toEqual(says);
      expect(lines.join()).not.toContain('s3cret');
    },
  );
});
