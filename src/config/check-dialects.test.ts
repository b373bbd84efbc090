import { describe, expect, test } from 'bun:test';
import { providers } from '../providers/registry.gen.ts';
import { loadSettings } from './load.ts';
import { formatProblem } from './problems.ts';

const BUILT = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'];
const LIST = 'Built: anthropic-messages, gemini, openai-chat, openai-responses.';

function load(entry: string) {
  const text = `providers: { ${entry} }`;
  return loadSettings({
    file: 'box.yaml',
    text,
    env: {},
    flags: {},
    knownProviders: providers,
    builtDialects: BUILT,
  });
}

const printed = (entry: string): readonly string[] => {
  const outcome = load(entry);
  return outcome.ok ? [] : outcome.problems.map(formatProblem);
};

describe('a known provider at its own address', () => {
  test.each([
    ['any grammar that it speaks', 'deepseek: { api_key: k, dialect: anthropic-messages }', 'anthropic-messages', null],
    [
      'several, the first the usual one',
      'openai: { api_key: k, dialects: [openai-responses, openai-chat] }',
      'openai-responses',
      ['openai-chat'],
    ],
    ['fewer than it speaks', 'deepseek: { api_key: k, dialects: [openai-chat] }', null, []],
  ])('may be spoken to in %s', (_, entry, dialect, otherDialects) => {
    const outcome = load(entry);
    expect(outcome.ok && outcome.settings.providers).toMatchObject([{ dialect, otherDialects }]);
  });
});

test('a model may be served in another of them', () => {
  const outcome = load(
    'azure: { api_key: k, settings: { resource: r }, models: [{ id: a/m, dialect: anthropic-messages }] }',
  );
  expect(outcome.ok && outcome.settings.providers[0]?.models).toMatchObject([
    { id: 'a/m', dialect: 'anthropic-messages' },
  ]);
});

const LAB = 'lab: { base_url: "http://a", api_key: none, ';
const MISTAKES: readonly (readonly [what: string, entry: string, says: readonly string[]])[] = [
  [
    'a grammar that it does not speak',
    'openai: { api_key: k, dialect: anthropic-messages }',
    [
      'box.yaml:1:36: providers.openai.dialect: the known address of openai speaks openai-chat, openai-responses, openai-completions; another dialect needs base_url.',
    ],
  ],
  [
    'one of several',
    'openai: { api_key: k, dialects: [openai-chat, anthropic-messages] }',
    [
      'box.yaml:1:60: providers.openai.dialects[1]: the known address of openai does not speak anthropic-messages; write base_url too.',
    ],
  ],
  [
    'a grammar misspelt in the list',
    `${LAB}dialects: [openai-chat, openai-response], models: [m] }`,
    [`box.yaml:1:82: providers.lab.dialects[1]: unknown dialect. ${LIST} Did you mean openai-responses?`],
  ],
  [
    'the first one misspelt',
    `${LAB}dialects: [openai-chta, gemini], models: [m] }`,
    [`box.yaml:1:58: providers.lab.dialects: unknown dialect. ${LIST} Did you mean openai-chat?`],
  ],
  [
    'a grammar twice',
    `${LAB}dialects: [openai-chat, gemini, gemini], models: [m] }`,
    ['box.yaml:1:90: providers.lab.dialects[2]: gemini is listed twice.'],
  ],
  [
    'both keys',
    `${LAB}dialect: openai-chat, dialects: [openai-chat], models: [m] }`,
    ['box.yaml:1:58: providers.lab.dialect: and dialects say the same: write one of them.'],
  ],
  [
    'a model in a grammar that is not listed',
    `${LAB}dialect: openai-chat, models: [{ id: m, dialect: gemini }] }`,
    [
      'box.yaml:1:98: providers.lab.models[0].dialect: the provider is not spoken to in gemini: list it in dialects of the provider.',
    ],
  ],
  [
    'a model in a grammar misspelt',
    `${LAB}dialect: openai-chat, models: [{ id: m, dialect: gemni }] }`,
    [`box.yaml:1:98: providers.lab.models[0].dialect: unknown dialect. ${LIST} Did you mean gemini?`],
  ],
];

test.each(MISTAKES)('%s is told', (_, entry, says) => {
  expect(printed(entry)).toEqual([...says]);
});
