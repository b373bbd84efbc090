import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { GatewayError } from '../core/errors.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { type Applied, expandPreset } from './apply-preset.ts';
import { samplePreset } from './sample-preset.ts';
import type { PresetRecord, PresetVersion } from './store.ts';

const user = { role: 'user', content: 'Hello' };
const preset = (version: Partial<PresetVersion>, about: Partial<PresetRecord> = {}) =>
  samplePreset('mine', about, { config: { model: 'a/preset' }, ...version });

function expand(body: JsonObject, record: PresetRecord = preset({})): Applied {
  return expandPreset(body, (slug) => (slug === record.slug ? record : undefined));
}

function refusal(body: JsonObject, record?: PresetRecord): { field: string | undefined; status: number; text: string } {
  try {
    expand(body, record);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { field: error.details.field, status: error.status, text: error.message };
  }
  throw new Error('the body was accepted');
}

describe('naming a preset', () => {
  test.each<[string, JsonObject, JsonObject]>([
    ['as the model', { model: '@preset/mine' }, { model: 'a/preset' }],
    ['in its own field', { preset: 'mine' }, { model: 'a/preset' }],
    ['in its own field, with a model', { preset: 'mine', model: 'b/own' }, { model: 'b/own' }],
    ['behind the model', { model: 'b/own:nitro@preset/mine' }, { model: 'b/own:nitro' }],
    ['twice the same', { model: 'b/own@preset/mine', preset: 'mine' }, { model: 'b/own' }],
    [
      'in the first of models',
      { models: ['b/own@preset/mine', 'c/d'] },
      { model: 'a/preset', models: ['b/own', 'c/d'] },
    ],
    [
      'as the first of models',
      { model: 'b/own', models: ['@preset/mine', 'c/d'] },
      { model: 'b/own', models: ['a/preset', 'c/d'] },
    ],
  ])('%s', (_, body, expanded) => {
    const applied = expand({ ...body, messages: [user] });
    expect<JsonObject>(applied.body).toEqual({ ...expanded, messages: [user] });
    expect(applied).toMatchObject({ presetId: 'id-of-mine', presetSlug: 'mine' });
  });

  test.each<[string, JsonObject]>([
    ['nothing', {}],
    ['a model', { model: 'a/b' }],
    ['models', { model: 'a/b', models: ['a/b', 'c/d'] }],
    ['null', { model: null, preset: null, models: null }],
    ['wrong types, which the grammar refuses', { model: 4, preset: {}, models: 'a/b' }],
  ])('a request that names none comes back as it is: %s', (_, body) => {
    const applied = expand(body);
    expect(applied.body).toBe(body);
    expect(applied).toMatchObject({ presetId: null, presetSlug: null, systemPrompt: null });
  });

  test.each<[string, JsonObject, string, RegExp]>([
    ['an unknown one, as the model', { model: '@preset/other' }, 'model', /no preset "other".*GET \/presets/],
    ['an unknown one, in its field', { preset: 'other', model: 'a/b' }, 'preset', /no preset "other"/],
    ['an unknown one, in models', { models: ['@preset/other'] }, 'models[0]', /no preset "other"/],
    ['a name of Object', { preset: '__proto__' }, 'preset', /no preset "__proto__"/],
  ])('404: %s', (_, body, field, text) => {
    expect(refusal(body)).toEqual({ field, status: 404, text: expect.stringMatching(text) });
  });

  test.each(['disabled', 'archived'] as const)('404: one that is %s', (status) => {
    const refused = refusal({ preset: 'mine' }, preset({}, { status }));
    expect(refused).toEqual({ field: 'preset', status: 404, text: expect.stringContaining(`"mine" is ${status}`) });
  });

  test.each<[string, JsonObject, string]>([
    ['two of them', { model: 'a/b@preset/mine', preset: 'other' }, 'model'],
    ['one behind the first of models', { models: ['a/b', 'c/d@preset/mine'] }, 'models[1]'],
  ])('400: %s', (_, body, field) => {
    expect(refusal(body)).toMatchObject({ field, status: 400 });
  });

  test('400 where neither the request nor the preset names a model, with what would do', () => {
    for (const body of [{ preset: 'mine' }, { preset: 'mine', models: [] }, { models: ['@preset/mine'] }]) {
      const refused = refusal(body, preset({ config: { top_p: 0.5 } }));
      expect(refused).toMatchObject({ field: 'model', status: 400 });
      expect(refused.text).toContain('author/model@preset/mine');
    }
  });
});

const value = fc.jsonValue({ maxDepth: 2 }).map((json): Json => JSON.parse(JSON.stringify(json)));
const sent = value.filter((json) => json !== null);
/** Fields that are merged and nothing more. */
const fields = (of: fc.Arbitrary<Json>) =>
  fc.dictionary(fc.constantFrom('temperature', 'top_p', 'provider', 'stop', 'plugins', '__proto__', 'x'), of);

describe('request and preset merged', () => {
  test("each field is the request's where it says one, else the preset's, whole", () => {
    fc.assert(
      fc.property(fields(value), fields(sent), (own, config) => {
        const { body } = expand({ ...own, preset: 'mine' }, preset({ config: { ...config, model: 'a/preset' } }));
        for (const field of new Set([...Object.keys(own), ...Object.keys(config)])) {
          const said = Object.hasOwn(own, field) && own[field] !== null;
          const of = said || !Object.hasOwn(config, field) ? own : config;
          expect(body[field]).toEqual(of[field]);
        }
        expect(body['model']).toBe('a/preset');
        expect(Object.keys(body)).not.toContain('preset');
      }),
    );
  });

  test('once: an expanded request names no preset, and expanding it again changes nothing', () => {
    fc.assert(
      fc.property(fields(value), fields(sent), fc.boolean(), (own, config, inModel) => {
        const record = preset({ config: { ...config, model: 'a/preset' }, systemPrompt: 'Be brief.' });
        const name = inModel ? { model: 'b/own@preset/mine' } : { preset: 'mine' };
        const { body } = expand({ ...own, ...name, messages: [user] }, record);
        expect(expand(body, record).body).toBe(body);
        // And naming it again adds nothing: what it says is there already.
        expect(expand({ ...body, preset: 'mine' }, record).body).toEqual(body);
      }),
    );
  });

  test('neither the request nor the preset is changed', () => {
    const body = { preset: 'mine', tools: [{ type: 'web_search' }], messages: [user] };
    const record = preset({ config: { model: 'm', tools: [{ type: 'web_search', x: 1 }] }, systemPrompt: 'Be brief.' });
    const before = JSON.stringify([body, record]);
    expand(body, record);
    expect(JSON.stringify([body, record])).toBe(before);
  });

  test.each<[JsonObject, JsonObject, JsonObject]>([
    [{ max_tokens: 9 }, { max_completion_tokens: 5 }, { max_completion_tokens: 5 }],
    [{ reasoning: { effort: 'low' } }, { reasoning_effort: 'high' }, { reasoning_effort: 'high' }],
    [{ reasoning_effort: 'low' }, { reasoning: null }, { reasoning_effort: 'low', reasoning: null }],
    [{ tool_choice: 'auto' }, { function_call: 'none' }, { function_call: 'none' }],
  ])("of two fields that say the same the request's is kept: %j and %j", (config, own, merged) => {
    const record = preset({ config: { model: 'm', ...config } });
    expect(expand({ preset: 'mine', ...own }, record).body).toEqual({ model: 'm', ...merged });
  });

  test('the cache settings are told and not sent', () => {
    const config = { model: 'm', cache_enabled: false, cache_ttl_seconds: 60 };
    const applied = expand({ preset: 'mine' }, preset({ config }));
    expect(applied.cache).toEqual({ enabled: false, ttlSeconds: 60 });
    expect(applied.body).toEqual({ model: 'm' });
    expect(expand({ preset: 'mine' }).cache).toEqual({ enabled: null, ttlSeconds: null });
  });
});

describe('the system prompt', () => {
  const record = preset({ systemPrompt: 'Be brief.' });
  const system = { role: 'system', content: 'Be brief.' };

  test('comes first where the request has none', () => {
    const applied = expand({ preset: 'mine', messages: [user] }, record);
    expect(applied.body['messages']).toEqual([system, user]);
    expect(applied.systemPrompt).toBe('Be brief.');
  });

  test.each(['system', 'developer'])("a request's own %s message replaces it, wherever it stands", (role) => {
    const own = [user, { role, content: 'Be long.' }];
    expect(expand({ preset: 'mine', messages: own }, record).body['messages']).toBe(own);
  });

  test('another grammar places it in its own way', () => {
    const body = { preset: 'mine', messages: [user] };
    const place = (merged: JsonObject, prompt: string): JsonObject => ({ system: prompt, ...merged });
    expect<JsonObject>(expandPreset(body, () => record, place).body).toEqual({
      model: 'a/preset',
      system: 'Be brief.',
      messages: [user],
    });
  });

  test('a body without messages stays without', () => {
    expect<JsonObject>(expand({ preset: 'mine', input: 'x' }, record).body).toEqual({ model: 'a/preset', input: 'x' });
  });
});
