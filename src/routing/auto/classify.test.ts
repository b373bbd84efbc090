import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Demand, Opening } from '../../core/demand.ts';
import { classifyTask } from './classify.ts';
import { TASK_KINDS, type TaskKind } from './task.ts';
import { testDemand } from './test-models.ts';

const asked = (last: string, more: Partial<Opening> = {}): Opening => ({
  system: '',
  first: last,
  last,
  lastModel: '',
  ...more,
});
const kindOf = (last: string, demand: Partial<Demand> = {}, more: Partial<Opening> = {}): TaskKind =>
  classifyTask(asked(last, more), testDemand(demand)).kind;

describe('by words', () => {
  test.each<[TaskKind, string]>([
    // code
    ['code', 'Write a Python function that reverses a linked list.'],
    ['code', 'I need a regular expression for ISO dates'],
    ['code', 'SQL query: customers without orders in the last 90 days'],
    ['code', 'Schreibe eine Funktion in TypeScript, die zwei Listen mischt'],
    ['code', 'Écris une fonction Python qui trie une liste'],
    ['code', 'Escribe un programa en Java que lea un archivo'],
    ['code', 'Напиши функцию на Python, которая считает слова'],
    ['code', '写一个函数，判断字符串是否回文'],
    ['code', '配列を並べ替えるコードを書いてください'],
    ['code', '파이썬으로 정렬 함수를 작성해 줘'],
    ['code_edit', 'Refactor this class so that it has no global state'],
    ['code_edit', 'Fix this bug:\n```js\nlet a = b.c;\n```\nTypeError: b is undefined'],
    ['code_edit', 'Traceback (most recent call last):\n  File "a.py", line 3\nKeyError: 7'],
    ['code_edit', '帮我调试这段程序'],
    ['code_edit', 'このコードを修正してください'],
    // math and reasoning
    ['math', 'Solve for x: 3x + 5 = 20'],
    ['math', 'Prove that the square root of 2 is irrational.'],
    ['math', 'Löse die Gleichung x² = 9'],
    ['math', 'Calcula la derivada de x^3'],
    ['math', '求解方程 2x+3=7'],
    ['math', 'Реши уравнение x^2 - 4 = 0'],
    ['reasoning', 'Think step by step: three switches, one lamp in another room. Which switch is it?'],
    ['reasoning', 'What are the pros and cons of a monorepo? Weigh the arguments.'],
    ['reasoning', 'Wäge die Vor- und Nachteile ab, Schritt für Schritt'],
    ['reasoning', '请一步一步推理：谁是凶手？'],
    // text to text
    ['translation', 'Translate to French: good morning'],
    ['translation', 'Übersetze das ins Englische: Guten Morgen'],
    ['translation', 'Traduis cette phrase en anglais'],
    ['translation', '把这段话翻译成英文'],
    ['translation', '次の文を英語に翻訳してください'],
    ['translation', 'Переведи на английский: доброе утро'],
    ['translation', 'ترجم هذا إلى الإنجليزية'],
    ['summarization', 'Summarize this article in three bullet points.'],
    ['summarization', 'TL;DR of the meeting notes below'],
    ['summarization', 'Fasse den Text zusammen'],
    ['summarization', 'Résume ce texte'],
    ['summarization', '总结一下这篇文章'],
    ['summarization', 'この記事を要約して'],
    ['extraction', 'Extract names and dates from the text and return JSON'],
    ['extraction', 'Extrahiere alle Adressen als Tabelle'],
    ['classification', 'Classify the sentiment of this review: great!'],
    ['classification', 'Is this spam or not? Positive or negative?'],
    ['writing', 'Write a poem about the sea'],
    ['writing', 'Rewrite my resume so that it sounds confident'],
    ['writing', 'Schreibe ein Gedicht über den Herbst'],
    ['writing', 'Напиши рассказ о море'],
    ['writing', '写一首关于秋天的诗'],
    ['roleplay', "Let's roleplay: you are a pirate and I am your captive"],
    ['roleplay', '请扮演一个海盗'],
    // talk
    ['question', 'What is the capital of France?'],
    ['question', 'Explain quantum entanglement in simple terms'],
    ['question', 'Wie funktioniert ein Kühlschrank?'],
    ['question', '日本の首都はどこですか？'],
    ['question', 'Что такое фотосинтез?'],
    ['chat', 'hi there'],
    ['chat', 'Danke, wie geht es dir'],
    ['chat', 'こんにちは'],
    ['chat', ''],
    ['chat', 'I took a class last summer'],
  ])('%s: %s', (kind, prompt) => {
    expect(kindOf(prompt)).toBe(kind);
  });
});

describe('by form', () => {
  test.each<[TaskKind, string, Partial<Demand>]>([
    ['agent', 'What is the weather in Rome?', { hasTools: true, parameters: ['tools'] }],
    ['agent', 'Refactor the module', { hasTools: true, parameters: ['tools'] }],
    ['extraction', 'Order: two apples', { parameters: ['structured_outputs'] }],
    ['vision', 'What is in this picture?', { inputModalities: ['image'] }],
    ['vision', 'Translate the sign', { inputModalities: ['image'] }],
    ['document', 'Summarize the contract', { inputModalities: ['file'] }],
    ['audio', 'What does she say?', { inputModalities: ['audio'] }],
    ['audio', 'Read this aloud', { outputModalities: ['text', 'audio'] }],
    ['video', 'What happens?', { inputModalities: ['video', 'image'] }],
    ['image', 'A red fox in the snow', { outputModalities: ['image', 'text'] }],
    ['long_context', 'here is everything', { promptTokensEstimate: 200_000 }],
    ['long_context', 'here is everything', { promptTokensEstimate: 40_000 }],
    ['summarization', 'Summarize the key points', { promptTokensEstimate: 40_000 }],
    ['chat', 'hello', { parameters: ['temperature'] }],
  ])('%s: %s', (kind, prompt, demand) => {
    expect(kindOf(prompt, demand)).toBe(kind);
  });
});

describe('where it reads', () => {
  const filler = 'lorem ipsum dolor sit amet '.repeat(2000);

  test('the instruction at the beginning or the end counts, the text between them little', () => {
    expect(kindOf(`Translate to German:\n${filler}`)).toBe('translation');
    expect(kindOf(`${filler}\nTranslate to German.`)).toBe('translation');
    expect(kindOf(`${'x '.repeat(500)} translate ${'x '.repeat(500)}`)).toBe('chat');
    expect(kindOf(`Summarize this. ${filler.slice(0, 600)} A poem of a short story. ${filler.slice(0, 600)}`)).toBe(
      'summarization',
    );
  });

  test('nothing beyond 4,096 characters from either end is read', () => {
    const deep = `${filler.slice(0, 4100)} write a python function, refactor, debug ${filler.slice(0, 4100)}`;
    expect(classifyTask(asked(deep), testDemand()).scores).toEqual({ chat: 0.9 });
  });

  test('the system message and the first one count less than the last', () => {
    const coder = { system: 'You write code. Debug and refactor Python.', first: 'Refactor this.' };
    expect(kindOf('and now?', {}, coder)).toBe('code_edit');
    expect(kindOf('Translate it into French please', {}, { first: 'Refactor this.' })).toBe('translation');
  });

  test('words in fenced code are not the caller’s', () => {
    const { kind, scores } = classifyTask(
      asked('```\ntranslate summarize poem\n``` thanks ```\ntranslate'),
      testDemand(),
    );
    expect(kind).toBe('code');
    expect(scores.writing).toBeUndefined();
    expect(scores.translation).toBeUndefined();
    // "thanks" stands between two fences.
    expect(scores.chat).toBeCloseTo(1.9);
  });

  test('a word counts once, whole words only', () => {
    const once = classifyTask(asked('translate'), testDemand()).scores.translation;
    expect(classifyTask(asked('translate translate translate'), testDemand()).scores.translation).toBe(once ?? -1);
    expect(
      classifyTask(asked(`translate ${'x '.repeat(500)} translate ${'x '.repeat(500)}`), testDemand()).scores
        .translation,
    ).toBe(once ?? -1);
    expect(kindOf('the birthday of the archipelago')).toBe('chat');
  });

  test('numbers that are reckoned with are mathematics, dates and versions are not', () => {
    expect(kindOf('12 * (7+3)')).toBe('math');
    expect(kindOf('17% of 2340')).toBe('math');
    expect(kindOf('A train goes 60 miles in 45 minutes. What is its speed?')).toBe('math');
    expect(kindOf('see you on 2026-11-21 at 10/11')).toBe('chat');
    expect(kindOf('Which phone, the 14 or the 15?')).toBe('question');
  });

  test('the reasons name what won, strongest first', () => {
    const { reasons } = classifyTask(asked('Fix this bug in my python code: TypeError'), testDemand());
    expect(reasons).toEqual(['"fix this bug"', '"typeerror"']);
  });
});

test('the same request is always of the same class, and the winner has the most points', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.constantFrom('translate', 'write code', '翻译', 'poem?', '```'),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), fc.boolean(), fc.nat(200_000), (parts, hasTools, tokens) => {
      const demand = testDemand({ hasTools, promptTokensEstimate: tokens });
      const task = classifyTask(asked(parts.join(' ')), demand);
      expect(classifyTask(asked(parts.join(' ')), demand)).toEqual(task);
      expect(TASK_KINDS).toContain(task.kind);
      const most = Math.max(...Object.values(task.scores));
      expect(task.scores[task.kind]).toBe(most);
      expect(task.reasons.length).toBeGreaterThan(0);
    }),
    { numRuns: 200 },
  );
});

describe('time', () => {
  // A bound with room for a loaded machine: about 30 µs for ordinary 4 KB, 130 µs for the worst of these, measured alone.
  const BOUND_MS = 5;
  test.each([
    ['one letter', 'a'.repeat(1_000_000)],
    ['beginnings of keywords', 'write a '.repeat(125_000)],
    ['fences', '```'.repeat(333_333)],
    ['marks', '$'.repeat(1_000_000)],
    ['braces', '{{char'.repeat(160_000)],
    ['spaces', ' '.repeat(1_000_000)],
    ['one ideograph', '翻'.repeat(1_000_000)],
    ['surrogates', '😀'.repeat(500_000)],
    ['lone surrogates', '\ud83d'.repeat(1_000_000)],
    ['words', 'the quick brown fox jumps over the lazy dog '.repeat(25_000)],
  ])('%s, a million characters of it', (_, text) => {
    const demand = testDemand();
    const opening = { system: text, first: `${text}!`, last: text, lastModel: '' };
    const runs = 20;
    const started = performance.now();
    for (let run = 0; run < runs; run++) classifyTask(opening, demand);
    expect((performance.now() - started) / runs).toBeLessThan(BOUND_MS);
  });
});
