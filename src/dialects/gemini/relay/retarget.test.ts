import { describe, expect, test } from 'bun:test';
import type { ReasoningDetail } from '../../../core/chat.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { UpstreamContext } from '../../dialect.ts';
import type { HostQuirks, ModelTraits } from '../../host.ts';
import { sealReasoning } from '../../shared/reasoning-seal.ts';
import { wireOf } from '../client/test-kit.ts';
import { contextOf } from '../test-kit.ts';
import { canRelay } from './can-relay.ts';
import { retarget } from './retarget.ts';

function sent(members: JsonObject, context: UpstreamContext = contextOf()) {
  const { value, notes } = retarget(wireOf(members), context);
  const body: JsonObject = JSON.parse(JSON.stringify(value.body));
  return { ...value, body, notes: notes.map(({ code, field }) => `${code} ${field}`) };
}

const hi = [{ role: 'user', parts: [{ text: 'Hi' }] }];

describe('the relayed request', () => {
  test('is the caller’s own, unknown fields and all; what is the gateway’s stays here', () => {
    const own = {
      contents: [{ role: 'user', parts: [{ text: 'a', future: 1 }], more: 2 }],
      generationConfig: { temperature: 1.5, newKnob: { x: [1] } },
      safetySettings: [{ category: 10, threshold: 3 }],
      cachedContent: 'cachedContents/x',
      futureField: { deep: true },
      labels: { a: 'b' },
    };
    const asked = sent({
      ...own,
      models: ['a/b'],
      provider: { order: ['x'] },
      plugins: [],
      session_id: 's',
      trace: {},
      user: 'u',
      route: 'fallback',
      transforms: [],
      debug: {},
    });
    expect(asked.body).toEqual(own);
    expect(asked.notes).toEqual([]);
  });

  test('goes to the model of the target, whole or as events', () => {
    const context = { ...contextOf(), upstreamModel: 'models/gemini-2.5-flash@001' };
    expect(sent({}, context).path).toBe('/models/gemini-2.5-flash@001:generateContent');
    expect(sent({ stream: true, alt: 'json' }, context).path).toBe(
      '/models/gemini-2.5-flash@001:streamGenerateContent?alt=sse',
    );
  });

  test('is in one spelling, with a role on every turn', () => {
    const asked = sent({ contents: { parts: { text: 'a' } }, generation_config: { top_p: 0.1 } });
    expect(asked.body).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'a' }] }],
      generationConfig: { topP: 0.1 },
    });
    expect(
      sent({
        contents: [
          { role: 'tool', parts: [] },
          { role: 'function', parts: [] },
        ],
      }).body['contents'],
    ).toEqual([
      { role: 'user', parts: [] },
      { role: 'function', parts: [] },
    ]);
  });

  test('keeps within what the endpoint gives, and asks for its own tier only', () => {
    const traits: ModelTraits = { maxOutputTokens: 100 };
    const quirks: HostQuirks = { maxTemperature: 1, rejects: ['labels', 'seed'], defaults: { store: false } };
    const asked = sent(
      {
        serviceTier: 'flex',
        labels: { a: 'b' },
        generationConfig: { maxOutputTokens: 500, temperature: 1.5, seed: 1 },
      },
      contextOf('gemini-2.5-flash', traits, quirks),
    );
    expect(asked.body).toEqual({
      contents: hi,
      store: false,
      generationConfig: { maxOutputTokens: 100, temperature: 1 },
    });
    expect(asked.notes).toEqual([
      'parameter.changed generationConfig.maxOutputTokens',
      'parameter.changed generationConfig.temperature',
      'parameter.dropped service_tier',
      'parameter.dropped labels',
      'parameter.dropped generationConfig.seed',
    ]);
    expect(sent({}, { ...contextOf(), serviceTier: 'flex' }).body['serviceTier']).toBe('flex');
    const byHeader = {
      ...contextOf('gemini-2.5-flash', {}, { tierHeader: 'x-tier' }),
      serviceTier: 'priority' as const,
    };
    expect(sent({}, byHeader)).toMatchObject({ headers: { 'x-tier': 'priority' }, body: { contents: hi } });
  });

  test('a level of thinking becomes a budget where the model takes no levels', () => {
    const generationConfig = {
      maxOutputTokens: 10_000,
      thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true, future: 1 },
    };
    const older = sent({ generationConfig }, contextOf('gemini-2.5-flash'));
    expect(older.body['generationConfig']).toEqual({
      maxOutputTokens: 10_000,
      thinkingConfig: { includeThoughts: true, future: 1, thinkingBudget: 2000 },
    });
    expect(older.notes).toEqual(['parameter.changed generationConfig.thinkingConfig.thinkingLevel']);
    const assumed = { traits: { reasoning: { mandatory: false, budget: true, assumed: true } } };
    const undescribed = sent({ generationConfig }, { ...contextOf('my-model'), ...assumed });
    expect(undescribed.body['generationConfig']).toEqual(generationConfig);
    const newer = sent({ generationConfig }, contextOf('gemini-3-pro-preview'));
    expect(newer.body['generationConfig']).toEqual(generationConfig);
  });
});

describe('signatures', () => {
  const call = (signature?: string, id = 'c1'): JsonObject => ({
    functionCall: { id, name: 'f', args: {} },
    ...(signature && { thoughtSignature: signature }),
  });
  const model = (...parts: JsonObject[]): JsonObject => ({ role: 'model', parts });
  const STAND_IN = 'skip_thought_signature_validator';
  const foreign: ReasoningDetail = {
    type: 'reasoning.text',
    text: 'deep',
    signature: 's',
    format: 'anthropic-claude-v1',
  };
  const own = (data: string, id: string | null): ReasoningDetail => ({
    type: 'reasoning.encrypted',
    data,
    id,
    format: 'google-gemini-v1',
  });

  test('Google’s own go back as they are', () => {
    const contents = [...hi, model({ text: 'x', thoughtSignature: 'AA-_' }, call('BB'), call(undefined, 'c2'))];
    expect(sent({ contents }, contextOf('gemini-3-pro-preview'))).toMatchObject({ body: { contents }, notes: [] });
  });

  test('a sealed one never leaves; what of it is Google’s does', () => {
    const seal = sealReasoning([foreign]);
    const contents = [
      ...hi,
      model({ text: 'x', thoughtSignature: seal }, { text: '', thoughtSignature: seal }),
      model({ text: '', thoughtSignature: seal }),
      model(call(sealReasoning([foreign, own('other', 'c9'), own('mine', 'c1'), own('last', null)]))),
    ];
    const asked = sent({ contents });
    expect(asked.body['contents']).toEqual([...hi, model({ text: 'x' }), model(call('mine'))]);
    expect(asked.notes).toEqual(['reasoning.dropped contents[1].parts[0].thoughtSignature']);
  });

  test('the first call of a step is given Google’s stand-in where the model refuses it unsigned', () => {
    const seal = sealReasoning([foreign]);
    const contents = [
      ...hi,
      model(call(seal), call(undefined, 'c2')),
      model(call(undefined, 'c3')),
      { role: 'user', parts: [{ functionResponse: { name: 'f', response: {} } }] },
      model({ text: 'more' }, call(undefined, 'c4')),
    ];
    const signed = sent({ contents }, contextOf('gemini-3-pro-preview'));
    expect(signed.body['contents']).toEqual([
      ...hi,
      model(call(STAND_IN), call(undefined, 'c2')),
      model(call(undefined, 'c3')),
      contents[3] ?? {},
      model({ text: 'more' }, call(STAND_IN, 'c4')),
    ]);
    expect(signed.notes).toHaveLength(2);
    const older = sent({ contents }, contextOf('gemini-2.5-flash'));
    expect(JSON.stringify(older.body)).not.toContain(STAND_IN);
  });
});

describe('what is translated instead', () => {
  test.each<readonly [string, JsonObject, ModelTraits, HostQuirks]>([
    ['a tool of the gateway', { tools: [{ type: 'openrouter:datetime' }] }, {}, {}],
    ['ids at a host that refuses them', {}, {}, { rejects: ['functionCall.id'] }],
    ['a forced call', { toolConfig: { functionCallingConfig: { mode: 'ANY' } } }, { forcedToolUse: false }, {}],
    ['a schema', { generationConfig: { responseJsonSchema: {} } }, { jsonSchema: false }, {}],
    ['a begun answer', { contents: [...hi, { role: 'model', parts: [{ text: 'a' }] }] }, { prefill: false }, {}],
  ])('%s where it cannot be said so', (_, members, traits, quirks) => {
    expect(canRelay(contextOf('gemini-2.5-flash', traits, quirks), wireOf(members))).toBe(false);
    const isAboutHost = Object.keys(quirks).length > 0;
    expect(canRelay(contextOf('gemini-2.5-flash'), wireOf(isAboutHost ? {} : members))).toBe(
      members['tools'] === undefined,
    );
  });
});
