import { describe, expect, test } from 'bun:test';
import type { PluginQuestion } from './active-plugins.ts';
import { foreseePlugins } from './foresee.ts';
import type { PluginWish } from './plugin.ts';

const wish = (id: string, enabled = true): PluginWish => ({ id, enabled, options: { id, enabled } });

function foresee({ demand, ...question }: Partial<PluginQuestion> = {}, hasSearch = true) {
  return foreseePlugins(
    {
      demand: {
        plugins: [],
        stream: false,
        inputModalities: [],
        promptTokensEstimate: 50,
        maxOutputTokens: null,
        ...demand,
      },
      defaults: [],
      fileInput: () => 'none',
      request: () => {
        throw new Error('nothing needs the request');
      },
      earlierAnnotations: () => [],
      ...question,
    },
    { hasSearch },
  );
}

const demand = (more: Partial<PluginQuestion['demand']>): PluginQuestion['demand'] => ({
  plugins: [],
  stream: false,
  inputModalities: [],
  promptTokensEstimate: 50,
  maxOutputTokens: null,
  ...more,
});

describe('what plugins would do', () => {
  test('a short plain request: nothing', () => {
    expect(foresee()).toEqual({ active: null, acts: [], refusal: null });
  });

  test('a longer one is fitted to short contexts, as it always is', () => {
    expect(foresee({ demand: demand({ promptTokensEstimate: 5000 }) })).toMatchObject({
      active: { fitsContextUpTo: 8192, readsFiles: false, addedPromptTokens: 0 },
      acts: [],
    });
  });

  test('compression that is asked for fits everywhere; forbidden, nowhere', () => {
    expect(foresee({ demand: demand({ plugins: [wish('context-compression')] }) })).toMatchObject({
      active: { fitsContextUpTo: Number.POSITIVE_INFINITY },
      acts: [{ id: 'context-compression' }],
    });
    expect(foresee({ demand: demand({ plugins: [wish('context-compression', false)] }) })).toMatchObject({
      active: { fitsContextUpTo: 0 },
      acts: [],
    });
  });

  test('files become text only where somebody needs it', () => {
    const files = { demand: demand({ inputModalities: ['file'] }) };
    expect(foresee({ ...files, fileInput: () => 'some' })).toMatchObject({
      active: { readsFiles: true },
      acts: [{ id: 'file-parser' }],
    });
    expect(foresee({ ...files, fileInput: () => 'all' })).toMatchObject({ active: null, acts: [] });
  });

  test('a search is foreseen, and its refusal where none is configured', () => {
    expect(foresee({ isOnline: true })).toMatchObject({ acts: [{ id: 'web' }], refusal: null });
    expect(foresee({ isOnline: true }, false)).toMatchObject({
      acts: [{ id: 'web' }],
      refusal: { code: 'gateway.unsupported', message: expect.stringContaining('plugins.web.base_url') },
    });
  });

  test('a stream is not healed', () => {
    const plugins = [wish('response-healing')];
    expect(foresee({ demand: demand({ plugins, stream: true }) }).acts).toEqual([]);
  });

  test('wrong options are refused', () => {
    const plugins = [{ id: 'file-parser', enabled: true, options: { id: 'file-parser', pdf: { engine: 'magic' } } }];
    expect(() => foresee({ demand: demand({ plugins }) })).toThrow('plugins[0]');
  });
});
