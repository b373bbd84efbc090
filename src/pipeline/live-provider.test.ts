import { describe, expect, test } from 'bun:test';
import { loadSettings } from '../config/load.ts';
import type { UpstreamDialect } from '../dialects/dialect.ts';
import { openAiChat } from '../dialects/openai-chat/index.ts';
import { createSigners } from '../providers/auth/signers.ts';
import { providerById, providers } from '../providers/registry.gen.ts';
import { type ProviderFaces, toProviderFaces } from './live-provider.ts';
import type { LiveProvider } from './target.ts';

const IDS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini', 'bedrock-converse', 'ollama'];
/** What a provider is made of does not depend on what its grammars say. */
const dialects = new Map(IDS.map((id): [string, UpstreamDialect] => [id, { ...openAiChat, id }]));
const signers = createSigners({
  clock: { now: () => Date.parse('2026-11-21T10:00:00Z') },
  ask: async () => ({ status: 200, body: '{"access_token":"t1","expires_in":3600}' }),
});

function facesOf(entry: string): ProviderFaces {
  const outcome = loadSettings({
    file: 'box.yaml',
    text: `providers: { ${entry} }`,
    env: {},
    flags: {},
    knownProviders: providers,
    builtDialects: IDS,
    readText: () => '',
  });
  const [settings] = outcome.ok ? outcome.settings.providers : [];
  if (!settings) throw new Error(JSON.stringify(outcome));
  return toProviderFaces(settings, providerById.get(settings.id), { dialects, signers, instanceId: 'i1' });
}

const doorsOf = (provider: LiveProvider | undefined) => [...(provider?.doors.keys() ?? [])].sort();
const keyOf = (provider: LiveProvider | undefined) => {
  const { 'content-type': _, 'accept-encoding': __, ...headers } = provider?.credentials[0].headers ?? {};
  return headers;
};

describe('doors', () => {
  test('each has its own address, key header, counting and quirks; what happens upstream is the provider’s', () => {
    const { usual } = facesOf('deepseek: { api_key: k, headers: { x-team: a } }');
    const messages = usual.doors.get('anthropic-messages');
    expect([usual.baseUrl, messages?.baseUrl, usual.doors.get('openai-responses')?.baseUrl]).toEqual([
      'https://api.deepseek.com',
      'https://api.deepseek.com/anthropic/v1',
      'https://api.deepseek.com',
    ]);
    expect(keyOf(usual)).toEqual({ authorization: 'Bearer k', 'x-team': 'a' });
    expect(keyOf(messages)).toEqual({ 'x-api-key': 'k', 'x-team': 'a' });
    expect(messages?.host.usage.cachedInput).toBe('beside-input');
    expect(messages?.host.quirks).toEqual({ reasoningFormat: 'deepseek-messages-v1' });
    expect(messages).toMatchObject({ id: 'deepseek', training: true, onDisconnect: usual.onDisconnect });
    expect(messages?.doors.size).toBe(0);
  });

  test('none at an address of the operator’s, unless he lists them', () => {
    const at = (more: string) => facesOf(`deepseek: { api_key: k, base_url: "http://127.0.0.1:1/v1"${more} }`).usual;
    expect(doorsOf(at(''))).toEqual([]);
    const listed = at(', dialects: [openai-chat, anthropic-messages]');
    expect(doorsOf(listed)).toEqual(['anthropic-messages']);
    expect(listed.doors.get('anthropic-messages')?.baseUrl).toBe('http://127.0.0.1:1/v1');
    expect(keyOf(listed.doors.get('anthropic-messages'))).toEqual({ 'x-api-key': 'k', 'x-signalbox-via': 'i1' });
  });

  test('a host of the operator’s own gets what the grammar’s owner wants', () => {
    const { usual } = facesOf(
      'lab: { base_url: "http://a", dialects: [openai-chat, anthropic-messages, gemini], api_key: k, models: [m] }',
    );
    const [chat, messages, gemini] = [usual, usual.doors.get('anthropic-messages'), usual.doors.get('gemini')];
    expect([chat, messages, gemini].map((face) => face?.baseUrl)).toEqual([
      'http://a/v1',
      'http://a/v1',
      'http://a/v1beta',
    ]);
    expect(messages?.host.usage.cachedInput).toBe('beside-input');
    // One header is said for all of them where the operator names it.
    const said = facesOf(
      'lab: { base_url: "http://a", dialects: [openai-chat, gemini], api_key: k, authorization: x-k, models: [m] }',
    );
    expect(keyOf(said.usual.doors.get('gemini'))).toMatchObject({ 'x-k': 'k' });
  });

  test('a host that nobody described is sent what its callers write in the grammar', () => {
    const { usual } = facesOf(
      'lab: { base_url: "http://a", dialects: [openai-chat, openai-responses], api_key: k, models: [m] }',
    );
    expect(usual.host.quirks).toEqual({ reasoningReplay: 'as-written' });
    expect(usual.doors.get('openai-responses')?.host.quirks).toEqual({
      ownerTools: true,
      developerRole: true,
      reasoningFormat: 'openai-responses-v1',
      reasoningReplay: 'as-written',
    });
    const alone = facesOf('lab: { base_url: "http://a", dialect: openai-responses, api_key: k, models: [m] }').usual;
    expect(alone.host.quirks.ownerTools).toBe(true);
    // A described one is what its file says.
    expect(facesOf('deepseek: { api_key: k, dialect: openai-responses }').usual.host.quirks.ownerTools).toBeUndefined();
  });

  test('a list narrows them at the known address; one of them may be the usual grammar', () => {
    expect(doorsOf(facesOf('deepseek: { api_key: k, dialects: [openai-chat] }').usual)).toEqual([]);
    const { usual } = facesOf('deepseek: { api_key: k, dialects: [anthropic-messages, openai-chat] }');
    expect(usual).toMatchObject({ baseUrl: 'https://api.deepseek.com/anthropic/v1' });
    expect(doorsOf(usual)).toEqual(['openai-chat']);
    expect(usual.doors.get('openai-chat')).toMatchObject({
      baseUrl: 'https://api.deepseek.com',
      host: { quirks: { reasoningReplay: 'reasoning_content' } },
    });
  });

  test('a grammar that is not built is no door', () => {
    const only = new Map([...dialects].filter(([id]) => id === 'openai-chat'));
    const outcome = loadSettings({
      file: 'box.yaml',
      text: 'providers: { openai: { api_key: k } }',
      env: {},
      flags: {},
      knownProviders: providers,
      builtDialects: ['openai-chat'],
    });
    const [settings] = outcome.ok ? outcome.settings.providers : [];
    expect(
      settings && doorsOf(toProviderFaces(settings, providerById.get('openai'), { dialects: only }).usual),
    ).toEqual([]);
  });
});

describe('a model', () => {
  const azure = facesOf('azure: { api_key: k, settings: { resource: lab } }');

  test('has the doors that serve it', () => {
    expect(doorsOf(azure.forModel('openai/gpt-5', undefined))).toEqual(['openai-responses']);
    expect(doorsOf(azure.forModel('mistralai/mistral-large', undefined))).toEqual([]);
    expect(doorsOf(azure.usual)).toEqual([]);
    expect(azure.forModel('openai/gpt-5', undefined)).toBe(azure.forModel('openai/gpt-5.1', undefined));
  });

  test('served in another grammar only is called there', () => {
    const claude = azure.forModel('anthropic/claude-opus-5', 'anthropic-messages');
    expect(claude?.baseUrl).toBe('https://lab.services.ai.azure.com/anthropic/v1');
    expect(keyOf(claude)).toEqual({ 'x-api-key': 'k' });
    expect(keyOf(azure.forModel('openai/gpt-5-pro', 'openai-responses'))).toEqual({ 'api-key': 'k' });
    expect(azure.forModel('openai/gpt-5', 'openai-chat')?.baseUrl).toBe('https://lab.openai.azure.com/openai/v1');
    expect(azure.forModel('google/gemini', 'gemini')).toBeUndefined();
  });

  test('of several doors of one grammar the first that names it is its own, the last for the others', () => {
    const bedrock = facesOf('amazon-bedrock: { api_key: k, settings: { region: eu-west-1 } }');
    const addressOf = (id: string) => bedrock.forModel(id, 'openai-responses')?.baseUrl;
    expect(addressOf('openai/gpt-oss-120b')).toBe('https://bedrock-mantle.eu-west-1.api.aws/v1');
    expect(addressOf('openai/gpt-5.5')).toBe('https://bedrock-mantle.eu-west-1.api.aws/openai/v1');
    const formatOf = (id: string) => bedrock.forModel(id, 'openai-responses')?.host.quirks.reasoningFormat;
    expect(formatOf('x-ai/grok-4.6')).toBe('bedrock-xai-responses-v1');
    expect(formatOf('google/gemma-4-31b-it')).toBe('bedrock-openai-responses-v1');
  });
});

describe('credentials', () => {
  const pair = 'credentials: { access_key_id: AKIA1, secret_access_key: s3cret }';
  const signedBy = async (provider: LiveProvider | undefined): Promise<string> => {
    const [{ sign, headers }] = provider?.credentials ?? [{ sign: undefined, headers: {} }];
    const { signal } = new AbortController();
    const signed = await sign?.({ url: `${provider?.baseUrl}/x`, headers, body: '{}', signal });
    return signed?.['authorization'] ?? '';
  };

  test('sign each request for the service and the region; an API key is sent as it is', async () => {
    const faces = facesOf(`amazon-bedrock: { ${pair}, settings: { region: eu-west-1 } }`);
    expect(await signedBy(faces.usual)).toContain('Credential=AKIA1/20261121/eu-west-1/bedrock/aws4_request');
    const mantle = faces.forModel('openai/gpt-5.5', 'openai-responses');
    expect(await signedBy(mantle)).toContain('/eu-west-1/bedrock-mantle/aws4_request');
    expect(JSON.stringify(faces.usual)).not.toContain('s3cret');
    const keyed = facesOf('amazon-bedrock: { api_key: k, settings: { region: eu-west-1 } }').usual;
    expect(keyed.credentials[0].sign).toBeUndefined();
    expect(keyOf(keyed)).toEqual({ authorization: 'Bearer k' });
  });

  test('have an address and doors of their own where a key has another', async () => {
    const account = JSON.stringify({
      type: 'authorized_user',
      client_id: 'i',
      client_secret: 's',
      refresh_token: 'r',
      quota_project_id: 'lab',
    });
    const faces = facesOf(`google-vertex: { credentials: ${account}, settings: { location: europe-west4 } }`);
    const inProject = 'https://europe-west4-aiplatform.googleapis.com/v1/projects/lab/locations/europe-west4';
    expect(faces.usual.baseUrl).toBe(`${inProject}/publishers/google`);
    expect(await signedBy(faces.usual)).toBe('Bearer t1');
    const claude = faces.forModel('anthropic/claude-opus-5', 'anthropic-messages');
    expect(claude?.baseUrl).toBe(`${inProject}/publishers/anthropic`);
    expect(claude?.host.quirks.modelInPath?.version).toBe('vertex-2023-10-16');
    expect(await signedBy(claude)).toBe('Bearer t1');
    expect(faces.forModel('z-ai/glm-5.2', 'openai-chat')?.baseUrl).toBe(`${inProject}/endpoints/openapi`);
    const keyed = facesOf('google-vertex: { api_key: k }');
    expect(keyed.usual.baseUrl).toBe('https://aiplatform.googleapis.com/v1/publishers/google');
    expect(keyed.forModel('anthropic/claude-opus-5', 'anthropic-messages')).toBeUndefined();
  });

  test('and a header that a setting fills', () => {
    const { usual } = facesOf(`claude-platform-on-aws: { ${pair}, settings: { region: us-west-2, workspace_id: w1 } }`);
    expect(usual.baseUrl).toBe('https://aws-external-anthropic.us-west-2.api.aws/v1');
    expect(keyOf(usual)).toEqual({ 'anthropic-workspace-id': 'w1' });
  });
});
