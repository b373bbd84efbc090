// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references in the file are what is tested.
import { describe, expect, test } from 'bun:test';
import { load, noticesOf, providerOf, settingsOf } from '../../test/kit/load-config.ts';
import { type AuthorizationSetting, DEFAULT_TIMEOUTS } from './settings.ts';

const EXAMPLE = `providers:
  openai: { api_key: "\${OPENAI_API_KEY}" }            # known slug
  lab:                                                 # any other host
    dialect: openai-chat
    base_url: http://127.0.0.1:8000/v1
    api_key: none
    models:
      - id: meta-llama/llama-3.3-70b-instruct
        upstream: llama-3.3-70b
        context_length: 131072
        pricing: { prompt: "0.00000012", completion: "0.0000003" }   # USD per token
`;

describe('the documented example', () => {
  const settings = settingsOf(EXAMPLE, { OPENAI_API_KEY: 'sk-live-1' });

  test('gives a known provider its key and leaves everything else to its own file', () => {
    expect(settings.providers[0]).toEqual({
      id: 'openai',
      declaredAt: 'signalbox.yaml:2',
      name: null,
      dialect: null,
      otherDialects: null,
      baseUrl: null,
      apiKey: 'sk-live-1',
      moreApiKeys: [],
      authorization: null,
      settings: {},
      headers: {},
      timeouts: DEFAULT_TIMEOUTS,
      weight: 1,
      onDisconnect: null,
      quantization: null,
      dataPolicy: null,
      models: null,
    });
  });

  test('gives a host of one’s own its address, dialect, models and exact prices', () => {
    expect(settings.providers[1]).toMatchObject({
      id: 'lab',
      declaredAt: 'signalbox.yaml:3',
      dialect: 'openai-chat',
      baseUrl: 'http://127.0.0.1:8000/v1',
      apiKey: null,
      authorization: { kind: 'none' },
    });
    expect(settings.providers[1]?.models).toEqual([
      {
        id: 'meta-llama/llama-3.3-70b-instruct',
        upstream: 'llama-3.3-70b',
        name: null,
        contextLength: 131072,
        maxOutputTokens: null,
        quantization: null,
        serviceTier: null,
        distillable: null,
        inputModalities: null,
        outputModalities: null,
        supportedParameters: null,
        pricing: { axes: { prompt: 120_000n, completion: 300_000n }, discount: null, overrides: null },
      },
    ]);
  });

  test('has the documented defaults', () => {
    expect(settings).toMatchObject({
      file: 'signalbox.yaml',
      listen: { host: '127.0.0.1', port: 8484 },
      dataDirectory: './data',
      databaseUrl: null,
      tls: null,
      publicCatalogue: true,
      commitAfterMs: 3000,
      clientStallMs: 60_000,
      maxBodyBytes: 52_428_800,
      aliases: {},
      catalog: { source: 'https://models.dev/api.json' },
    });
  });
});

test('every key of the file reaches the settings', () => {
  const settings = settingsOf(
    `listen: "0.0.0.0:\${PORT}"
data: state
database_url: postgres://db/signalbox
tls: { cert: tls/cert.pem, key: /etc/key.pem }
public_catalogue: true
commit_after_ms: "\${COMMIT:-1500}"
max_body_bytes: 1048576
aliases: { fast: openai/gpt-4o-mini }
catalog: { source: ./models.json }
providers:
  openai:
    name: Our OpenAI
    api_key: sk-live-1
    base_url: http://10.0.0.5/v1
    authorization: X-Api-Key
    headers: { OpenAI-Project: p1 }
    timeouts: { connect_ms: 1, first_byte_ms: 2, idle_ms: 3, content_idle_ms: 4, total_ms: 5 }
    weight: 2.5
    on_disconnect: drain
    quantization: fp8
    data_policy: { training: false, retention_days: 30 }
    models:
      - openai/gpt-4o
      - id: openai/gpt-5
        name: Five
        max_output_tokens: 1000
        quantization: bf16
        input_modalities: [text, image]
        output_modalities: [text]
        supported_parameters: [tools, temperature]
        pricing:
          prompt: 1.2e-7
          completion: 0
          request: "0.01"
          input_cache_write_1h: "0.000002"
          discount: 0.1
          overrides:
            - { min_prompt_tokens: 200000, prompt: "0.0000005" }
            - { utc_start: 1630, utc_end: 0030, utc_days: [mon, fri], completion: "0.000001" }
`,
    { PORT: '9000' },
    { file: '/etc/signalbox/signalbox.yaml' },
  );
  expect(settings).toMatchObject({
    listen: { host: '0.0.0.0', port: 9000 },
    dataDirectory: '/etc/signalbox/state',
    databaseUrl: 'postgres://db/signalbox',
    tls: { certFile: '/etc/signalbox/tls/cert.pem', keyFile: '/etc/key.pem' },
    publicCatalogue: true,
    commitAfterMs: 1500,
    maxBodyBytes: 1_048_576,
    aliases: { fast: 'openai/gpt-4o-mini' },
    catalog: { source: './models.json' },
  });
  const [provider] = settings.providers;
  expect(provider).toMatchObject({
    name: 'Our OpenAI',
    dialect: null,
    otherDialects: null,
    baseUrl: 'http://10.0.0.5/v1',
    authorization: { kind: 'header', name: 'x-api-key' },
    headers: { 'OpenAI-Project': 'p1' },
    timeouts: { connectMs: 1, firstByteMs: 2, idleMs: 3, contentIdleMs: 4, totalMs: 5 },
    weight: 2.5,
    onDisconnect: 'drain',
    quantization: 'fp8',
    dataPolicy: { training: false, retentionDays: 30 },
  });
  expect(provider?.models?.[0]).toMatchObject({ id: 'openai/gpt-4o', upstream: null, pricing: null });
  expect(provider?.models?.[1]).toMatchObject({
    name: 'Five',
    maxOutputTokens: 1000,
    quantization: 'bf16',
    inputModalities: ['text', 'image'],
    outputModalities: ['text'],
    supportedParameters: ['tools', 'temperature'],
    pricing: {
      axes: { prompt: 120_000n, completion: 0n, request: 10_000_000_000n, inputCacheWrite1h: 2_000_000n },
      discount: 0.1,
      overrides: [
        { axes: { prompt: 500_000n }, minPromptTokens: 200_000 },
        { axes: { completion: 1_000_000n }, utcStart: 1630, utcEnd: 30, utcDays: ['mon', 'fri'] },
      ],
    },
  });
});

describe('which source wins', () => {
  const env = { SIGNALBOX_LISTEN: '127.0.0.1:1', SIGNALBOX_DATA: '/env', SIGNALBOX_DATABASE_URL: 'postgres://env' };

  test('a flag before the file before the environment', () => {
    const file = 'listen: 127.0.0.1:2\ndata: /file\n';
    expect(settingsOf(null, env)).toMatchObject({
      listen: { port: 1 },
      dataDirectory: '/env',
      databaseUrl: 'postgres://env',
    });
    expect(settingsOf(file, env)).toMatchObject({ listen: { port: 2 }, dataDirectory: '/file' });
    const flags = { listen: '127.0.0.1:3', data: '/flag' };
    expect(settingsOf(file, env, { flags })).toMatchObject({ listen: { port: 3 }, dataDirectory: '/flag' });
  });

  test('an empty variable says nothing', () => {
    expect(settingsOf(null, { SIGNALBOX_LISTEN: '', SIGNALBOX_DATA: ' ' })).toMatchObject({
      listen: { port: 8484 },
      dataDirectory: './data',
    });
  });

  test('the catalogue is public on a loopback address only, unless the file says otherwise', () => {
    expect(settingsOf(null, { SIGNALBOX_LISTEN: '[::1]:8484' }).publicCatalogue).toBe(true);
    expect(settingsOf(null, { SIGNALBOX_LISTEN: '0.0.0.0:8484' }).publicCatalogue).toBe(false);
    expect(settingsOf('listen: 10.0.0.1:80\npublic_catalogue: true').publicCatalogue).toBe(true);
    expect(settingsOf('public_catalogue: false').publicCatalogue).toBe(false);
  });
});

describe('providers of the environment', () => {
  const ids = (env: Record<string, string>, text: string | null = null) =>
    settingsOf(text, env).providers.map(({ id, apiKey }) => `${id}=${apiKey}`);

  test('a key switches its provider on; with none the simulated one serves', () => {
    expect(ids({ OPENAI_API_KEY: ' sk-1 ', GOOGLE_API_KEY: 'g-1' })).toEqual(['google-ai-studio=g-1', 'openai=sk-1']);
    expect(ids({})).toEqual(['sim=null']);
    expect(ids({ OPENAI_API_KEY: '' })).toEqual(['sim=null']);
  });

  test('a configuration file switches them off, and may be without providers', () => {
    expect(ids({ OPENAI_API_KEY: 'sk-1' }, 'listen: 127.0.0.1:1')).toEqual(['sim=null']);
    expect(ids({ OPENAI_API_KEY: 'sk-1' }, 'providers: { groq: { api_key: gsk-1 } }')).toEqual(['groq=gsk-1']);
    expect(ids({}, '')).toEqual(['sim=null']);
  });

  test('a provider that the file lists without a key takes the environment’s', () => {
    expect(ids({ OPENAI_API_KEY: 'sk-1' }, 'providers: { openai: {} }')).toEqual(['openai=sk-1']);
    expect(ids({ OPENAI_API_KEY: 'sk-1' }, 'providers:\n  openai:\n')).toEqual(['openai=sk-1']);
  });

  test('what cannot be switched on is said and stops nothing', () => {
    const env = { OPENAI_API_KEY: 'sk-1', GROQ_API_KEY: 'your-groq-key', COHERE_API_KEY: 'c-1', AZURE_API_KEY: 'a-1' };
    expect(ids(env)).toEqual(['openai=sk-1']);
    expect(noticesOf(null, env)).toEqual([
      'environment: AZURE_API_KEY is set, but azure stays off: azure needs settings.resource, or AZURE_RESOURCE_NAME in the environment, or base_url.',
      'environment: COHERE_API_KEY is set, but cohere stays off: speaks cohere, a dialect that is known but not built yet. Built: anthropic-messages, gemini, openai-chat.',
      'environment: GROQ_API_KEY holds a placeholder, not a key: groq stays off.',
    ]);
    expect(settingsOf(null, { AZURE_API_KEY: 'a', AZURE_RESOURCE_NAME: 'lab' }).providers[0]?.settings).toEqual({
      resource: 'lab',
    });
  });
});

describe('authorization', () => {
  const rows: readonly (readonly [entry: string, expected: AuthorizationSetting | null])[] = [
    ['groq: { api_key: k }', null],
    ['groq: { api_key: k, authorization: x-api-key }', { kind: 'header', name: 'x-api-key' }],
    ['groq: { api_key: k, authorization: Bearer }', { kind: 'bearer' }],
    ['ollama: {}', null],
    // A local server started with --api-key.
    ['ollama: { api_key: k }', { kind: 'bearer' }],
    // A host of one's own is asked as hosts of its dialect are.
    ['a: { base_url: http://a, dialect: openai-chat, api_key: k, models: [m] }', { kind: 'bearer' }],
    [
      'a: { base_url: http://a, dialect: anthropic-messages, api_key: k, models: [m] }',
      { kind: 'header', name: 'x-api-key' },
    ],
    ['a: { base_url: http://a, dialect: gemini, api_key: k, models: [m] }', { kind: 'header', name: 'x-goog-api-key' }],
    // So is another door of a known host.
    ['groq: { base_url: http://a, dialect: anthropic-messages, api_key: k }', { kind: 'header', name: 'x-api-key' }],
  ];
  test.each(rows)('%s', (entry, expected) => {
    expect(providerOf(`providers: { ${entry} }`).authorization).toEqual(expected);
  });
});

test('the dialect is kept only where it differs from the provider’s own', () => {
  expect(providerOf('providers: { groq: { api_key: k, dialect: openai-chat } }').dialect).toBeNull();
});

test('sim speaks any dialect without an address, and any provider may be simulated', () => {
  expect(providerOf('providers: { sim: { dialect: gemini } }')).toMatchObject({
    dialect: 'gemini',
    baseUrl: null,
    apiKey: null,
  });
  const text = 'providers: { lab: { dialect: gemini, base_url: "sim://lab/v1", api_key: none, models: [sim/echo] } }';
  expect(providerOf(text)).toMatchObject({ baseUrl: 'sim://lab/v1' });
});

test('sim can be listed beside others', () => {
  const { providers } = settingsOf('providers: { sim: {}, openai: { api_key: k } }');
  expect(providers.map(({ id }) => id)).toEqual(['sim', 'openai']);
});

test('a price that looks like one per million is noticed', () => {
  const text = 'providers: { openai: { api_key: k, models: [{ id: a/b, pricing: { prompt: "0.15" } }] } }';
  expect(noticesOf(text)).toEqual([
    'signalbox.yaml:1: providers.openai.models[0].pricing.prompt is a price per token; a price per million tokens must be divided by 1,000,000.',
  ]);
});

test('a value may contain a literal reference', () => {
  expect(providerOf('providers: { openai: { api_key: k, headers: { x-note: "$${A} ${B:-b}" } } }').headers).toEqual({
    'x-note': '${A} b',
  });
});

test('anchors and merge keys of YAML work', () => {
  const text =
    'providers:\n  openai: &slow { api_key: k, timeouts: { idle_ms: 5 } }\n  groq: { <<: *slow, weight: 2 }\n';
  const outcome = load(text);
  expect(outcome.ok && outcome.settings.providers[1]).toMatchObject({
    id: 'groq',
    apiKey: 'k',
    timeouts: { idleMs: 5 },
    weight: 2,
  });
});
