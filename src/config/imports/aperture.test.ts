// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references in the file are what is tested.
import { describe, expect, test } from 'bun:test';
import { noticesOf, printed, providerOf, settingsOf } from '../../../test/kit/load-config.ts';

/** As people paste it: comments, trailing commas, tabs. */
const file = (provider: string): string => `// From the dashboard
{
\t"providers": {
\t\t${provider}, /* the only one */
\t},
}
`;

describe('the issue’s example, in every spelling of its address', () => {
  test.each([
    'https://openrouter.ai/api',
    'https://openrouter.ai/api/',
    'https://openrouter.ai/api/v1',
    'https://openrouter.ai/api/v1/',
  ])('%s', (baseurl) => {
    const provider = providerOf(
      file(`"openrouter": {
			"baseurl": "${baseurl}", // with or without /v1
			"apikey": "sk-or-v1-1",
			"models": ["qwen/qwen3-235b-a22b-2507", "openai/gpt-5",],
		}`),
    );
    // The address stays as written: providers/base-url.ts brings all four to the same path.
    expect(provider).toMatchObject({
      id: 'openrouter',
      baseUrl: baseurl,
      apiKey: 'sk-or-v1-1',
      dialect: null,
      authorization: null,
      declaredAt: 'signalbox.yaml:4',
    });
    expect(provider.models?.map(({ id }) => id)).toEqual(['qwen/qwen3-235b-a22b-2507', 'openai/gpt-5']);
  });
});

describe('compatibility and authorization choose dialect and header', () => {
  const entry = (id: string, rest: string): string =>
    `{"providers": {"${id}": {"baseurl": "https://host.example", "apikey": "k", "models": ["m"], ${rest}}}}`;

  test.each([
    ['anthropic', '"name": "A"', null],
    ['anthropic', '"compatibility": {"anthropic_messages": true}', null],
    ['anthropic', '"compatibility": {"anthropic_messages": false, "openai_chat": true}', 'openai-chat'],
    ['anthropic', '"compatibility": {"openai_chat": true, "anthropic_messages": true}', null],
    ['lab', '"name": "L"', 'openai-chat'],
    ['lab', '"compatibility": {"openai_chat": true, "openai_responses": true}', 'openai-chat'],
    ['lab', '"compatibility": {"anthropic_messages": true, "openai_responses": true}', 'anthropic-messages'],
    ['lab', '"compatibility": {"gemini_generate_content": true}', 'gemini'],
    ['openai', '"compatibility": {"openai_chat": true, "openai_responses": true}', null],
  ])('%s with %s', (id, rest, dialect) => {
    expect(providerOf(entry(id, rest)).dialect).toBe(dialect);
  });

  test('the header of the form wins over the usual one of the dialect', () => {
    const gemini = providerOf(
      entry('gemini', '"authorization": "x-goog-api-key", "name": "Google Gemini", "compatibility": {"gemini": true}'),
    );
    expect(gemini).toMatchObject({ name: 'Google Gemini', authorization: { kind: 'header', name: 'x-goog-api-key' } });
    expect(providerOf(entry('lab', '"authorization": "bearer"')).authorization).toEqual({ kind: 'bearer' });
  });
});

test('what has no meaning here is said, not dropped', () => {
  const text =
    '{"providers": {"lab": {"baseurl": "http://a", "models": ["m"], "cost_basis": "x", "description": "y"}}}';
  expect(noticesOf(text)).toEqual([
    'signalbox.yaml:1: providers.lab.cost_basis is not used: prices come from the catalogue.',
    'signalbox.yaml:1: providers.lab.description is not used.',
    'signalbox.yaml:1: providers.lab.apikey is absent: this host is called without a key.',
  ]);
  expect(settingsOf(text).providers[0]).toMatchObject({ apiKey: null, authorization: { kind: 'none' } });
});

describe('refusals point at the keys as they were written', () => {
  const refusals: readonly (readonly [entry: string, says: string])[] = [
    [
      '"openrouter": {"baseurl": "https://openrouter.ai/api", "apikey": "<your-openrouter-key>", "models": ["m"]}',
      'signalbox.yaml:1:73: providers.openrouter.apikey: holds a placeholder, not a key. Put the key here, or write ${OPENROUTER_API_KEY} and set that variable.',
    ],
    [
      '"lab": {"baseurl": "lab", "models": ["m"]}',
      'signalbox.yaml:1:26: providers.lab.baseurl: is no address: write it with its scheme, as in https://host/v1.',
    ],
    [
      '"lab": {"baseurl": "http://a", "apikey": "k", "models": ["m"], "compatibility": {"openai_chta": true}}',
      'signalbox.yaml:1:99: providers.lab.compatibility.openai_chta: unknown flag. Did you mean openai_chat?',
    ],
    [
      '"cohere": {"baseurl": "http://a", "apikey": "k", "models": ["m"], "compatibility": {"openai_responses": true}}',
      'signalbox.yaml:1:84: providers.cohere.compatibility: speaks openai-responses, a dialect that is known but not built yet. Built: anthropic-messages, gemini, openai-chat.',
    ],
    [
      '"lab": {"baseurl": "http://a", "apikey": "k", "models": ["m"], "compatibility": {}}',
      'signalbox.yaml:1:81: providers.lab.compatibility: must switch on at least one flag.',
    ],
    [
      '"lab": {"baseurl": "http://a", "apikey": "k", "models": ["m"], "compatibility": {"google_raw_predict": true}}',
      'signalbox.yaml:1:99: providers.lab.compatibility.google_raw_predict: Claude on Google Cloud (rawPredict) is written as google-vertex with credentials, without base_url.',
    ],
    [
      '"google-vertex": {"baseurl": "https://aiplatform.googleapis.com", "apikey": "k", "models": ["m"], "authorization": "bearer", "compatibility": {"google_generate_content": true}}',
      'signalbox.yaml:1:161: providers.google-vertex.compatibility.google_generate_content: Google Cloud is reached with an API key only: name the provider google-vertex and set authorization to x-goog-api-key. Service accounts are not supported yet.',
    ],
    [
      '"lab": {"baseurl": "http://a", "apikey": "k", "model": ["m"], "models": ["m"]}',
      'signalbox.yaml:1:64: providers.lab.model: is not supported in an imported provider. Did you mean models?',
    ],
  ];
  test.each(refusals)('%s', (entry, says) => {
    expect(printed(`{"providers": {  ${entry}}}`)).toEqual([says]);
  });

  test.each(['grants', 'temp_grants', 'quotas', 'hooks', 'exporters', 'connectors', 'mcp'])(
    'section %s is refused by name',
    (section) => {
      const lines = printed(
        `{"${section}": {}, "providers": {"openai": {"baseurl": "http://a", "apikey": "k", "models": ["m"]}}}`,
      );
      expect(lines).toHaveLength(1);
      expect(lines[0]).toStartWith(`signalbox.yaml:1:2: ${section}: `);
      expect(lines[0]).toContain('not supported yet');
    },
  );

  test('an entry that mixes both forms is taken as ours', () => {
    expect(printed('{"providers": {"openai": {"baseurl": "http://a", "api_key": "k"}}}')).toEqual([
      'signalbox.yaml:1:27: providers.openai.baseurl: unknown key. Did you mean base_url?',
    ]);
  });
});
