import { expect, test } from 'bun:test';
import { exclusionsOf, type Host, targetsOf } from '../lab.fixture.ts';

const hosts: readonly Host[] = [null, 'fp8', 'mxfp8', 'fp4', 'mxfp4', 'nvfp4', 'bf16'].map((quantization) => ({
  name: quantization ?? 'silent',
  endpoint: { quantization },
}));

test.each([
  [['bf16'], ['bf16']],
  [
    ['fp8', 'unknown'],
    ['silent', 'fp8', 'mxfp8'],
  ],
  [['mxfp8'], ['mxfp8']],
  [['fp4'], ['fp4', 'mxfp4', 'nvfp4']],
  [['nvfp4'], ['nvfp4']],
  [['int8'], []],
  // Words of the language are no quantizations, and no trouble.
  [
    ['constructor', '__proto__', 'fp8'],
    ['fp8', 'mxfp8'],
  ],
])('%p leaves %p', (quantizations, left) => {
  expect(targetsOf({ hosts, provider: { quantizations } })).toEqual(left);
});

test('the account’s list is the ceiling', () => {
  const ask = { hosts, defaults: [{ quantizations: ['fp8', 'bf16'] }], provider: { quantizations: ['mxfp8', 'fp4'] } };
  expect(targetsOf(ask)).toEqual(['mxfp8']);
  expect(exclusionsOf(ask)).toMatchObject({ silent: 'quantization', bf16: 'quantization', fp4: 'quantization' });
});
