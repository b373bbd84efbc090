/** Each mistake with exactly what is printed for it. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references in the file are what is tested.
import { describe, expect, test } from 'bun:test';
import { printed } from '../../test/kit/load-config.ts';
import type { Environment } from './interpolate.ts';

interface Mistake {
  readonly what: string;
  readonly text: string;
  readonly env?: Environment;
  readonly says: readonly string[];
}

const lab = (rest: string): string =>
  `providers:\n  lab:\n    base_url: http://127.0.0.1:8000\n    dialect: openai-chat\n    api_key: none\n${rest}`;

const MISTAKES: readonly Mistake[] = [
  {
    what: 'a key misspelt',
    text: 'providers:\n  openai:\n    api_key: sk-1\n    baseurl: https://api.openai.com\n',
    says: ['signalbox.yaml:4:5: providers.openai.baseurl: unknown key. Did you mean base_url?'],
  },
  {
    what: 'the key of a key misspelt is not also called missing',
    text: 'providers:\n  openai: { api-key: sk-1 }\n',
    says: ['signalbox.yaml:2:13: providers.openai.api-key: unknown key. Did you mean api_key?'],
  },
  {
    what: 'a key that resembles none',
    text: 'providers: { openai: { api_key: sk-1, timeouts: { forever: 1 } } }',
    says: [
      'signalbox.yaml:1:51: providers.openai.timeouts.forever: unknown key. Known here: connect_ms, content_idle_ms, first_byte_ms, idle_ms, total_ms.',
    ],
  },
  {
    what: 'a top-level key misspelt',
    text: 'public_catalog: true\n',
    says: ['signalbox.yaml:1:1: public_catalog: unknown key. Did you mean public_catalogue?'],
  },
  {
    what: 'a known provider misspelt',
    text: 'providers:\n  opnai: { api_key: sk-1 }\n',
    says: [
      'signalbox.yaml:2:3: providers.opnai: is no known provider; a host of your own needs base_url and dialect. Did you mean openai?',
    ],
  },
  {
    what: 'an unset variable',
    text: 'providers:\n  openai: { api_key: "${OPENAI_API_KEY}" }\n',
    says: [
      'signalbox.yaml:2:13: providers.openai.api_key: the environment variable OPENAI_API_KEY is not set. Set it, or write ${OPENAI_API_KEY:-default}.',
    ],
  },
  {
    what: 'an empty variable',
    text: 'providers:\n  openai: { api_key: "${OPENAI_API_KEY}" }\n',
    env: { OPENAI_API_KEY: '' },
    says: [
      'signalbox.yaml:2:13: providers.openai.api_key: the environment variable OPENAI_API_KEY is set but empty. Set it, or write ${OPENAI_API_KEY:-default}.',
    ],
  },
  {
    what: 'a reference that is none',
    text: 'providers: { openai: { api_key: "${not a name}" } }',
    says: [
      'signalbox.yaml:1:24: providers.openai.api_key: a reference is written ${NAME} or ${NAME:-default}; write $${ for the characters themselves.',
    ],
  },
  {
    what: 'a reference without quotes inside braces',
    text: 'providers:\n  openai: { api_key: ${OPENAI_API_KEY} }\n',
    says: [
      'signalbox.yaml:2:23: something stands here that does not fit what comes before it. Inside { } or [ ] a reference needs quotes: "${NAME}".',
    ],
  },
  {
    what: 'a placeholder in the file',
    text: 'providers:\n  openrouter: { api_key: <your-openrouter-key> }\n',
    says: [
      'signalbox.yaml:2:17: providers.openrouter.api_key: holds a placeholder, not a key. Put the key here, or write ${OPENROUTER_API_KEY} and set that variable.',
    ],
  },
  {
    what: 'a placeholder in the environment',
    text: 'providers:\n  openrouter: {}\n',
    env: { OPENROUTER_API_KEY: 'sk-or-v1-...' },
    says: [
      'signalbox.yaml:2:3: providers.openrouter: the environment variable OPENROUTER_API_KEY holds a placeholder, not a key.',
    ],
  },
  {
    what: 'a placeholder in a header',
    text: 'providers: { openai: { api_key: sk-1, headers: { Authorization: "Bearer YOUR_API_KEY" } } }',
    says: [
      'signalbox.yaml:1:50: providers.openai.headers.Authorization: holds a placeholder, not a key. Put the key here, or write ${NAME} and set that variable.',
    ],
  },
  {
    what: 'a placeholder in an address',
    text: 'providers: { azure: { api_key: a-1, base_url: "https://<resource>.openai.azure.com" } }',
    says: ['signalbox.yaml:1:37: providers.azure.base_url: holds a placeholder; put the real address here.'],
  },
  {
    what: 'no key for a known provider',
    text: 'providers:\n  openai: {}\n',
    says: [
      'signalbox.yaml:2:3: providers.openai: openai needs api_key, or OPENAI_API_KEY in the environment. Write api_key: none where the host takes no key.',
    ],
  },
  {
    what: 'no key for a host of one’s own',
    text: 'providers:\n  lab: { base_url: http://a, dialect: openai-chat, models: [m] }\n',
    says: ['signalbox.yaml:2:3: providers.lab: lab needs api_key. Write api_key: none where the host takes no key.'],
  },
  {
    what: 'a host of one’s own without dialect and models',
    text: 'providers:\n  lab: { base_url: http://a, api_key: none }\n',
    says: [
      'signalbox.yaml:2:3: providers.lab: needs models: nothing is known of what a host of your own serves.',
      'signalbox.yaml:2:3: providers.lab.dialect: is required for a host of your own. Built: anthropic-messages, gemini, openai-chat.',
    ],
  },
  {
    what: 'a dialect misspelt',
    text: lab('    models: [m]\n').replace('openai-chat', 'openai-chta'),
    says: [
      'signalbox.yaml:4:5: providers.lab.dialect: unknown dialect. Built: anthropic-messages, gemini, openai-chat. Did you mean openai-chat?',
    ],
  },
  {
    what: 'a provider whose dialect is not built',
    text: 'providers:\n  cohere: { api_key: c-1 }\n',
    says: [
      'signalbox.yaml:2:3: providers.cohere: speaks cohere, a dialect that is known but not built yet. Built: anthropic-messages, gemini, openai-chat.',
    ],
  },
  {
    what: 'a dialect that is not built',
    text: lab('    models: [m]\n').replace('openai-chat', 'cohere'),
    says: [
      'signalbox.yaml:4:5: providers.lab.dialect: speaks cohere, a dialect that is known but not built yet. Built: anthropic-messages, gemini, openai-chat.',
    ],
  },
  {
    what: 'another dialect at the known address',
    text: 'providers: { openai: { api_key: sk-1, dialect: anthropic-messages } }',
    says: [
      'signalbox.yaml:1:39: providers.openai.dialect: the known address of openai speaks openai-chat; another dialect needs base_url.',
    ],
  },
  {
    what: 'an address without its scheme',
    text: lab('    models: [m]\n').replace('http://', ''),
    says: [
      'signalbox.yaml:3:5: providers.lab.base_url: is no address: write it with its scheme, as in https://host/v1.',
    ],
  },
  {
    what: 'an address of another kind',
    text: lab('    models: [m]\n').replace('http:', 'ftp:'),
    says: ['signalbox.yaml:3:5: providers.lab.base_url: must start with http:// or https://.'],
  },
  {
    what: 'a key inside an address',
    text: lab('    models: [m]\n').replace('127.0.0.1', 'me:hunter2@127.0.0.1'),
    says: ['signalbox.yaml:3:5: providers.lab.base_url: takes no user name or password: put the key in api_key.'],
  },
  {
    what: 'a key with a line break',
    text: 'providers: { openai: { api_key: "sk-1\\nsk-2" } }',
    says: ['signalbox.yaml:1:24: providers.openai.api_key: must be one word without spaces or line breaks.'],
  },
  {
    what: 'a missing setting of an address',
    text: 'providers:\n  azure: { api_key: a-1 }\n',
    says: [
      'signalbox.yaml:2:3: providers.azure: azure needs settings.resource, or AZURE_RESOURCE_NAME in the environment, or base_url.',
    ],
  },
  {
    what: 'a setting misspelt',
    text: 'providers:\n  azure: { api_key: a-1, settings: { resorce: lab } }\n',
    env: { AZURE_RESOURCE_NAME: 'lab' },
    says: ['signalbox.yaml:2:38: providers.azure.settings.resorce: azure has no such setting. Did you mean resource?'],
  },
  {
    what: 'a word out of a fixed list',
    text: 'providers: { openai: { api_key: sk-1, on_disconnect: drian } }',
    says: ['signalbox.yaml:1:39: providers.openai.on_disconnect: must be one of cancel, drain. Did you mean drain?'],
  },
  {
    what: 'wrong types',
    text: 'commit_after_ms: soon\naliases: [a]\nproviders:\n  openai: { api_key: 12, weight: 0, models: [5] }\n  groq: text\n',
    says: [
      'signalbox.yaml:1:1: commit_after_ms: must be a number, not text.',
      'signalbox.yaml:2:1: aliases: must be a group of keys, not a list.',
      'signalbox.yaml:4:13: providers.openai.api_key: must be text, not a number.',
      'signalbox.yaml:4:26: providers.openai.weight: must be more than 0.',
      'signalbox.yaml:4:46: providers.openai.models[0]: must be a model id, or a group of keys with id.',
      'signalbox.yaml:5:3: providers.groq: must be a group of keys, not text.',
    ],
  },
  {
    what: 'a list of providers',
    text: 'providers: [openai]',
    says: ['signalbox.yaml:1:1: providers: must be a group of providers by name, not a list or text.'],
  },
  {
    what: 'a model without id, one listed twice, and no model',
    text: 'providers:\n  openai:\n    api_key: k\n    models: [a/b, { id: a/b }]\n  groq: { api_key: k, models: [] }\n  openrouter: { api_key: k, models: [{ upstream: x }] }\n',
    says: [
      'signalbox.yaml:4:19: providers.openai.models[1]: a/b is listed twice.',
      'signalbox.yaml:5:23: providers.groq.models: must name at least one model; leave it out to offer every one.',
      'signalbox.yaml:6:38: providers.openrouter.models[0].id: is required.',
    ],
  },
  {
    what: 'prices that are none',
    text: lab(
      '    models:\n      - id: m\n        pricing: { prompt: cheap, completion: -1, request: "0.0000000000001", image: true, overrides: [{ utc_start: 100 }] }\n',
    ),
    says: [
      'signalbox.yaml:8:20: providers.lab.models[0].pricing.prompt: must be a decimal amount in USD per unit with at most 12 decimals, as "0.00000012".',
      'signalbox.yaml:8:35: providers.lab.models[0].pricing.completion: must not be negative.',
      'signalbox.yaml:8:51: providers.lab.models[0].pricing.request: must be a decimal amount in USD per unit with at most 12 decimals, as "0.00000012".',
      'signalbox.yaml:8:79: providers.lab.models[0].pricing.image: must be a decimal string or a number, not true or false.',
      'signalbox.yaml:8:104: providers.lab.models[0].pricing.overrides[0]: utc_start and utc_end go together.',
    ],
  },
  {
    what: 'an address to listen on that is none',
    text: 'listen: localhost\n',
    says: [
      'signalbox.yaml:1:1: listen: write HOST:PORT, as 127.0.0.1:8484, [::1]:8484 or 0.0.0.0:8484, with a port up to 65535.',
    ],
  },
  {
    what: 'half of a certificate',
    text: 'tls: { cert: a.pem }\n',
    says: ['signalbox.yaml:1:1: tls.key: is required.'],
  },
  {
    what: 'the same key twice',
    text: 'providers:\n  openai: { api_key: a }\n  openai: { api_key: b }\n',
    says: ['signalbox.yaml:3:3: this key occurs twice in the same place; keep one of them.'],
  },
  {
    what: 'the same key twice in JSON',
    text: '{\n  "providers": {\n    "openai": { "api_key": "a", "weight": 1, /* again */ "weight": 2 },\n  },\n}\n',
    says: ['signalbox.yaml:3:58: this key occurs twice in the same place; keep one of them.'],
  },
  {
    what: 'a bracket left open in JSON',
    text: '{\n  "providers": {\n    "openai": { "api_key": "a"\n  }\n}\n',
    says: ['signalbox.yaml:6:1: a closing bracket, quote or separator is missing.'],
  },
  {
    what: 'a star taken for an alias',
    text: 'listen: 127.0.0.1:1\nproviders: { openai: { api_key: *abc } }\n',
    says: [
      'signalbox.yaml:2:33: an alias (*name) has no anchor (&name) before it, or there are too many. Put quotes around a * meant as text.',
    ],
  },
  {
    what: 'indentation',
    text: 'providers:\n  openai: { api_key: a }\n groq: { api_key: b }\n',
    says: ['signalbox.yaml:3:1: the indentation does not fit the lines above.'],
  },
  {
    what: 'a file that is no group of keys',
    text: '- openai\n',
    says: ['signalbox.yaml:1:1: a configuration is a group of keys, beginning with providers.'],
  },
  {
    what: 'a section of another gateway',
    text: '{"grants": [], "providers": {"openai": {"api_key": "k"}}}',
    says: [
      'signalbox.yaml:1:2: grants: Access grants are not supported yet: every key may use every configured model. Remove this section to start without it.',
    ],
  },
];

describe('a mistake is refused with file, line, key, reason and the likely word', () => {
  test.each(MISTAKES.map((mistake) => [mistake.what, mistake] as const))('%s', (_, { text, env, says }) => {
    expect(printed(text, env)).toEqual([...says]);
  });
});

test('mistakes in flags and environment name them', () => {
  expect(printed(null, { SIGNALBOX_LISTEN: 'x' })).toEqual([
    'environment: SIGNALBOX_LISTEN: write HOST:PORT, as 127.0.0.1:8484, [::1]:8484 or 0.0.0.0:8484, with a port up to 65535.',
  ]);
  expect(printed(null, {}, { flags: { listen: '127.0.0.1:99999' } })).toEqual([
    'command line: --listen: write HOST:PORT, as 127.0.0.1:8484, [::1]:8484 or 0.0.0.0:8484, with a port up to 65535.',
  ]);
});

test('no secret is repeated, whatever is wrong beside it', () => {
  const secret = 'sk-live-4f9a1c';
  const texts = [
    `providers: { openai: { api_key: ${secret}, api_keys: ${secret}, weight: ${secret} } }`,
    `providers: { openai: { api_key: [${secret}] } }`,
    `providers: { openai: { api_key: "${secret} ${secret}" } }`,
    `providers: { openai: { api_key: *${secret} } }`,
    `providers: { openai: { api_key: ${secret} }`,
    `providers: { openai: { api_key: k, on_disconnect: ${secret}, base_url: "https://u:${secret}@h", dialect: ${secret} } }`,
    `providers: { openai: { api_key: "\${${secret}}" } }`,
    `listen: ${secret}\ncatalog: { source: 5, x: ${secret} }`,
  ];
  for (const text of texts) {
    const lines = printed(text);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toContain(secret);
  }
});
