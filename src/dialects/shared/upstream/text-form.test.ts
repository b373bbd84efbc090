import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { countGap, countGapsOf, stringGap, TextForms } from './text-form.ts';

const frameOf = (text: string, n: number, pad = 'ab', spaces = ''): string =>
  `{"type":"piece","n":${n},"text":${JSON.stringify(text)},"pad":"${pad}"${spaces}}`;

function learnt(data: string): TextForms<string> {
  const forms = new TextForms<string>();
  forms.learn(data, () => ({
    gaps: [stringGap(data, 'text', 'text'), countGap(data, 'n'), stringGap(data, 'pad', 'padding')],
    about: 'pieces',
    proves: (probe, text, counts) => probe['text'] === text && probe['n'] === counts[0],
  }));
  return forms;
}

describe('a form', () => {
  test('is found wherever it stands, and says what differs', () => {
    const forms = learnt(frameOf('Hello', 7));
    const data = `data: ${frameOf(' Welt ü', 120, '')}\n\n`;
    expect(forms.find(data, 6)).toEqual({ next: data.length - 2, text: ' Welt ü', count: 120, about: 'pieces' });
    expect(forms.find(frameOf('x', 8, 'ab', '   '), 0)?.text).toBe('x');
  });

  test('may have a line before it', () => {
    const forms = new TextForms<null>();
    const data = frameOf('x', 1);
    const proves = (): boolean => true;
    forms.learn(data, () => ({ opening: 'data: ', gaps: [stringGap(data, 'text', 'text')], about: null, proves }));
    expect(forms.find(`data: ${frameOf('abc', 1)}`, 0)?.text).toBe('abc');
    expect(forms.find(frameOf('abc', 1), 0)).toBeUndefined();
  });

  test('is not what has an escape, no text, another member, a torn end or a number that is no count', () => {
    const forms = learnt(frameOf('Hello', 7));
    const others = [
      frameOf('a "b"', 8),
      frameOf('a\\b', 8),
      frameOf('a\nb', 8),
      frameOf('', 8),
      frameOf('x', 8).replace('}', ',"more":1}'),
      frameOf('x', 8).replace('piece', 'thing'),
      frameOf('x', 8).slice(0, -1),
      frameOf('x', 8).slice(0, -4),
      frameOf('x', 8).replace('8', '08'),
      frameOf('x', 8).replace('8', '-8'),
      frameOf('x', 8).replace('8', '8.5'),
      frameOf('x', 8).replace('8', ''),
    ];
    for (const data of others) expect(forms.find(data, 0)).toBeUndefined();
  });

  test('says of any frame what the parser says, or nothing', () => {
    const forms = learnt(frameOf('Hello', 7));
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'aé🎉 \'\n\\"\u2028{}:,') }),
        fc.nat(),
        fc.constantFrom('', 'a', 'xyz'),
        (text, n, pad) => {
          const found = forms.find(frameOf(text, n, pad), 0);
          const isPlain = JSON.stringify(text) === `"${text}"` && text !== '';
          expect(found && { text: found.text, count: found.count }).toEqual(isPlain ? { text, count: n } : undefined);
        },
      ),
      { seed: 11, numRuns: 150 },
    );
  });

  test('is not learnt where the text is not unmistakable', () => {
    const nested = '{"type":"piece","n":1,"text":"a","pad":"","in":{"text":"b"}}';
    expect(learnt(nested).find(nested, 0)).toBeUndefined();
    const absent = '{"type":"piece","n":1,"text":null,"pad":""}';
    expect(learnt(absent).find(absent, 0)).toBeUndefined();
    const elsewhere = '{"type":"piece","in":{"text":"a"},"n":1,"pad":""}';
    expect(learnt(elsewhere).find(elsewhere, 0)).toBeUndefined();
  });

  test('is given up where frames never repeat', () => {
    const forms = new TextForms<number>();
    let proofs = 0;
    for (let n = 0; n < 40; n++) {
      const data = frameOf('x', n);
      expect(forms.find(data, 0)).toBeUndefined();
      const gaps = [stringGap(data, 'text', 'text')];
      forms.learn(data, () => ({ gaps, about: n, proves: () => ++proofs > 0 }));
    }
    expect(proofs).toBe(12);
  });

  test('is not looked for again in a text that has an escape, nor where there is nothing to learn', () => {
    const forms = new TextForms<number>();
    let asked = 0;
    for (let n = 0; n < 30; n++) {
      forms.learn(frameOf('a "b"', n), () => {
        throw new Error('it was asked');
      });
      forms.learn(frameOf('ab', n), () => {
        asked++;
        return undefined;
      });
    }
    expect(asked).toBe(30);
  });

  test('is remembered with two others', () => {
    const forms = new TextForms<number>();
    const data = [0, 1, 2, 3].map((n) => frameOf('x', n));
    for (const [about, one] of data.entries()) {
      forms.learn(one, () => ({ gaps: [stringGap(one, 'text', 'text')], about, proves: () => true }));
    }
    expect(data.map((one) => forms.find(one, 0)?.about)).toEqual([undefined, 1, 2, 3]);
  });
});

test('counts of a part of the frame', () => {
  const data = '{"a": 1,"usage": {"in": 20,"list": [{"n": 3}],"t": "4: 5, }\\"","half": 0.5,"out":7},"b": 8}';
  expect(countGapsOf(data, 'usage').map(({ start, end }) => data.slice(start, end))).toEqual(['20', '3', '7']);
  expect(countGapsOf(data, 'a')).toEqual([]);
});
