/** Vectors as hosts and callers write them: numbers, or base64 of little-endian 32-bit floats. */

export type Vector = readonly number[] | string;

const BYTES_PER_FLOAT = 4;

/** @throws RangeError where the text is no base64 of whole floats */
export function toFloats(vector: Vector): readonly number[] {
  if (typeof vector !== 'string') return vector;
  const bytes = bytesOf(vector);
  if (bytes.length % BYTES_PER_FLOAT !== 0) throw new RangeError('its bytes are no whole number of 32-bit floats');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / BYTES_PER_FLOAT }, (_, at) => view.getFloat32(at * BYTES_PER_FLOAT, true));
}

export function toBase64(vector: Vector): string {
  if (typeof vector === 'string') return vector;
  const view = new DataView(new ArrayBuffer(vector.length * BYTES_PER_FLOAT));
  vector.forEach((value, at) => {
    view.setFloat32(at * BYTES_PER_FLOAT, value, true);
  });
  return new Uint8Array(view.buffer).toBase64();
}

/** Numbers of a vector that was written as base64 of signed bytes. @throws RangeError where it is no base64 */
export function fromInt8(base64: string): readonly number[] {
  const { buffer, byteOffset, length } = bytesOf(base64);
  return [...new Int8Array(buffer, byteOffset, length)];
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.fromBase64(base64);
  } catch {
    throw new RangeError('it is no base64');
  }
}
