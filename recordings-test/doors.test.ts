/** Doors of hosts as their recorded traffic has them: where they are, how a request to them is written, how they count. */
import { describe, expect, test } from 'bun:test';
import { isJsonObject, type JsonObject, numberAt, objectAt } from '../src/core/json.ts';
import { anthropicMessages } from '../src/dialects/anthropic-messages/index.ts';
import { contextWith } from '../src/dialects/shared/testing/context.ts';
import type { Door } from '../src/providers/provider.ts';
import { providerById } from '../src/providers/registry.gen.ts';
import { haveRecordings, type Recording, recordingsOf } from './recordings.ts';

/** Folder of the recordings → provider. */
const PROVIDERS: Readonly<Record<string, string>> = {
  azure: 'azure',
  bedrock: 'amazon-bedrock',
  deepseek: 'deepseek',
  github: 'github-copilot',
  'google-vertex': 'google-vertex',
  llamacpp: 'llamacpp',
  mistralrs: 'mistralrs',
  openai: 'openai',
  openrouter: 'openrouter',
  xai: 'xai',
};
const DIALECT_OF: Readonly<Record<string, string>> = { responses: 'openai-responses', messages: 'anthropic-messages' };

function doorsOf({ provider, endpoint }: Recording): readonly Door[] {
  const definition = providerById.get(PROVIDERS[provider] ?? '');
  const doors = definition?.doors?.filter(({ dialect }) => dialect === DIALECT_OF[endpoint]) ?? [];
  return doors.map((door) => ({ ...door, baseUrl: door.baseUrl ?? definition?.baseUrl ?? '' }));
}

/** Hosts that a path of another age leads to are left out: Azure's before its `v1`. */
const isOlder = (url: string): boolean => /\/openai\/responses/.test(url);

describe.if(haveRecordings)('recorded doors', () => {
  const recordings = Object.keys(DIALECT_OF)
    .flatMap((endpoint) => [...recordingsOf(endpoint)])
    .filter((recording) => doorsOf(recording).length > 0);

  test('stand where the provider files have them', () => {
    const seen = new Set<string>();
    for (const recording of recordings) {
      const url = recording.request?.url.split('?')[0];
      if (!url?.startsWith('http') || isOlder(url)) continue;
      const patterns = doorsOf(recording).map(
        ({ baseUrl = '' }) =>
          new RegExp(
            `^${baseUrl
              .split(/\{[a-z_]+\}/)
              .map(RegExp.escape)
              .join('[^/]+')}/`,
          ),
      );
      // A location without a name of its own has another host, and Azure's several hosts have the same paths.
      const named = url
        .replace('https://aiplatform.', 'https://global-aiplatform.')
        .replace(/(?<=\.)(services\.ai|cognitiveservices)(?=\.azure\.com\/openai\/)/, 'openai');
      expect([recording.id, url, patterns.some((pattern) => pattern.test(named))]).toEqual([recording.id, url, true]);
      seen.add(`${recording.provider}/${recording.endpoint}`);
    }
    expect(seen.size).toBeGreaterThanOrEqual(7);
  });

  test('count as the files say: total = input + output, reasoning inside', () => {
    let counted = 0;
    for (const { id, endpoint, response } of recordings) {
      if (endpoint !== 'responses' || response.isBinary) continue;
      for (const usage of usagesOf(response.body)) {
        const [input, output, total] = ['input_tokens', 'output_tokens', 'total_tokens'].map((name) =>
          numberAt(usage, name),
        );
        if (input === undefined || output === undefined || total === undefined) continue;
        const reasoning = numberAt(objectAt(usage, 'output_tokens_details') ?? {}, 'reasoning_tokens') ?? 0;
        expect([id, input + output, reasoning <= output]).toEqual([id, total, true]);
        counted++;
      }
    }
    expect(counted).toBeGreaterThan(1200);
  });

  test('a Messages request to Claude on Google Cloud is written as its SDKs write it', () => {
    const door = providerById.get('google-vertex')?.doors?.find(({ dialect }) => dialect === 'anthropic-messages');
    const quirks = door?.quirks ?? {};
    let compared = 0;
    for (const { provider, request } of recordings) {
      if (provider !== 'google-vertex' || !isJsonObject(request?.body)) continue;
      const upstreamModel = /\/models\/([^:]+):/.exec(request.url)?.[1] ?? '';
      const { anthropic_version: version, ...sent } = request.body;
      const wire = anthropicMessages.client.parseRequest({ ...sent, model: 'author/claude' });
      const context = { ...contextWith({ quirks }), upstreamModel };
      const { path, headers, body } = anthropicMessages.relay.retarget(wire, context).value;
      expect(request.url.split('?')[0]).toEndWith(`/publishers/anthropic${path}`);
      expect(headers['anthropic-version']).toBeUndefined();
      expect(body).toEqual({ ...sent, anthropic_version: version ?? null });
      const said = anthropicMessages.upstream.encodeRequest(
        anthropicMessages.client.decodeRequest(wire).value,
        context,
      );
      expect(said.value.path).toBe(path);
      expect(said.value.body).not.toHaveProperty('model');
      compared++;
    }
    expect(compared).toBe(18);
  });
});

/** The usage of a whole reply, or those of a stream's last events. */
function usagesOf(body: string): readonly JsonObject[] {
  const texts = body.startsWith('{') ? [body] : [...body.matchAll(/^data: ?(\{.*)$/gm)].map(([, text = '']) => text);
  return texts.flatMap((text) => {
    const value = parse(text);
    const usage = objectAt(value, 'usage') ?? objectAt(objectAt(value, 'response') ?? {}, 'usage');
    return usage ? [usage] : [];
  });
}

function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
