import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { fromInt8, toBase64, toFloats } from './vector.ts';

describe('vectors', () => {
  test('numbers and base64 say the same, to the precision of a 32-bit float', () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(float, { minLength: 1, maxLength: 40 }), (vector) => {
        const back = toFloats(toBase64(vector));
        expect(back).toEqual(vector.map((value) => Math.fround(value)));
        // What was read once is written the same for ever.
        expect(toBase64(back)).toBe(toBase64(vector));
      }),
    );
  });

  test('little-endian, whatever the machine', () => {
    expect(toBase64([1, -2])).toBe(btoa('\x00\x00\x80\x3f\x00\x00\x00\xc0'));
    expect(toFloats('AACAPwAAAMA=')).toEqual([1, -2]);
  });

  test('what is already in the form asked for stays as it is', () => {
    const vector = [0.1, 0.2];
    expect(toFloats(vector)).toBe(vector);
    expect(toBase64('AACAPw==')).toBe('AACAPw==');
  });

  test('a text that holds no whole floats is refused, not cut', () => {
    expect(() => toFloats('AACA')).toThrow(RangeError);
    expect(() => toFloats('no base64!')).toThrow('it is no base64');
  });

  test('signed bytes', () => {
    expect(fromInt8('AH+A/w==')).toEqual([0, 127, -128, -1]);
    expect(() => fromInt8('*')).toThrow(RangeError);
  });
});
