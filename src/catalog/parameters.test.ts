import { describe, expect, test } from 'bun:test';
import { customModel } from './custom-model.ts';
import { loadCatalog } from './load.ts';
import { supportedParametersFor } from './parameters.ts';

describe('supportedParametersFor', () => {
  test('follows the grammar', () => {
    expect(supportedParametersFor('anthropic-messages', { can: ['tools', 'sampling'] })).toEqual([
      'max_tokens',
      'parallel_tool_calls',
      'response_format',
      'stop',
      'temperature',
      'tool_choice',
      'tools',
      'top_k',
      'top_p',
    ]);
    expect(supportedParametersFor('gemini', { can: ['tools', 'sampling'] })).not.toContain('parallel_tool_calls');
    expect(supportedParametersFor('openai-chat', { can: ['sampling'] })).toContain('logit_bias');
    expect(supportedParametersFor('openai-chat', { can: [], isWhole: true })).toEqual([]);
    expect(supportedParametersFor('openai-responses', { can: ['sampling'] })).toEqual([
      'logprobs',
      'max_tokens',
      'response_format',
      'temperature',
      'top_logprobs',
      'top_p',
    ]);
  });

  test('what a model refuses goes; stop words stay where only sampling is refused', () => {
    const kimi = supportedParametersFor('openai-chat', { can: ['reasoning'], modelId: 'moonshotai/kimi-k3' });
    expect(kimi).toContain('stop');
    expect(kimi).not.toContain('temperature');
    const gpt = supportedParametersFor('openai-chat', { can: ['reasoning'], modelId: 'openai/gpt-5' });
    expect(gpt).toEqual([
      'include_reasoning',
      'max_tokens',
      'reasoning',
      'reasoning_effort',
      'response_format',
      'seed',
      'verbosity',
    ]);
  });

  test('what a host refuses or adds', () => {
    const host = { extraSampling: true, with: ['top_a'], without: ['seed'], withoutWhenReasoning: ['stop'] };
    expect(supportedParametersFor('openai-chat', { can: ['sampling'], host })).toEqual(
      expect.arrayContaining(['top_a', 'min_p', 'stop']),
    );
    expect(supportedParametersFor('openai-chat', { can: ['sampling'], host })).not.toContain('seed');
    expect(supportedParametersFor('openai-chat', { can: ['sampling', 'reasoning'], host })).not.toContain('stop');
  });

  test('every name in the catalogue is one of OpenRouter’s', () => {
    const known = new Set(
      (
        'temperature top_p top_k min_p top_a frequency_penalty presence_penalty repetition_penalty max_tokens logit_bias ' +
        'logprobs top_logprobs prediction seed response_format structured_outputs stop tools tool_choice ' +
        'parallel_tool_calls include_reasoning reasoning reasoning_effort web_search_options verbosity'
      ).split(' '),
    );
    const names = new Set(loadCatalog().endpoints.flatMap((each) => each.supportedParameters));
    expect([...names].filter((each) => !known.has(each))).toEqual([]);
  });
});

describe('customModel', () => {
  const source = { name: 'signalbox.yaml', date: '2026-11-21' };
  const base = { id: 'lab/own-7b', providerId: 'lab', dialectId: 'openai-chat', source };

  test('takes what is given and defaults the rest', () => {
    const { model, endpoint } = customModel({
      ...base,
      upstream: 'own',
      contextLength: 4096,
      inputModalities: ['text', 'image'],
    });
    expect(model).toMatchObject({
      id: 'lab/own-7b',
      canonicalSlug: 'lab/own-7b',
      inputModalities: ['text', 'image'],
      source,
    });
    expect(endpoint).toMatchObject({
      id: 'lab|lab/own-7b',
      modelId: 'lab/own-7b',
      upstreamModel: 'own',
      contextLength: 4096,
      maxOutputTokens: null,
      pricing: { prompt: 0n, completion: 0n, overrides: [] },
      outputModalities: ['text'],
    });
    // Nothing is known of the server, so nothing is dropped before it is asked.
    for (const name of ['min_p', 'verbosity', 'prediction', 'tools', 'reasoning']) {
      expect(endpoint.supportedParameters).toContain(name);
    }
  });

  test('a modality that does not exist is refused by name', () => {
    expect(() => customModel({ ...base, outputModalities: ['smell'] })).toThrow(/lab\/own-7b: "smell" is no modality/);
  });
});
