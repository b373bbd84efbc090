/** What every grammar's answer must hold: as many vectors as inputs, each of them numbers. */
import type { EmbeddingsQuestion } from '../../core/embeddings.ts';
import { GatewayError } from '../../core/errors.ts';
import { isJsonArray, type Json } from '../../core/json.ts';
import { toBase64, toFloats, type Vector } from '../../core/vector.ts';
import type { UpstreamContext } from '../dialect.ts';

/**
 * The vectors as the question wants them written: what the host gave in another form is converted, before anything is billed.
 * @param read numbers of what the host writes as a text; absent = base64 of 32-bit floats
 * @throws GatewayError `provider.bad_answer`
 */
export function vectorsFor(
  { inputs, encoding }: Pick<EmbeddingsQuestion, 'inputs' | 'encoding'>,
  written: readonly (Json | undefined)[] | undefined,
  context: UpstreamContext,
  read?: (text: string) => readonly number[],
): readonly Vector[] {
  if (!written) throw badAnswer('answered without embeddings', context);
  if (written.length !== inputs.length) {
    throw badAnswer(`answered with ${written.length} embeddings for ${inputs.length} inputs`, context);
  }
  return written.map((each) => {
    const vector = isNumbers(each) ? each : typeof each === 'string' && each !== '' ? each : undefined;
    if (vector === undefined) throw badAnswer('answered with an embedding that is no list of numbers', context);
    return inAskedForm(vector, encoding, context, read);
  });
}

function inAskedForm(
  vector: Vector,
  encoding: EmbeddingsQuestion['encoding'],
  context: UpstreamContext,
  read: ((text: string) => readonly number[]) | undefined,
): Vector {
  if (encoding === 'base64' && !read) return toBase64(vector);
  try {
    const numbers = read && typeof vector === 'string' ? read(vector) : toFloats(vector);
    if (!numbers.every(Number.isFinite)) throw new RangeError('it holds what is no number');
    return encoding === 'base64' ? toBase64(numbers) : numbers;
  } catch (error) {
    const why = error instanceof RangeError ? error.message : 'it cannot be read';
    throw badAnswer(`answered with an embedding in base64 that cannot be read: ${why}`, context);
  }
}

export function badAnswer(what: string, { host: { providerName } }: UpstreamContext): GatewayError {
  return new GatewayError('provider.bad_answer', `${providerName} ${what}.`, { providerName });
}

function isNumbers(value: Json | undefined): value is readonly number[] {
  return isJsonArray(value) && value.length > 0 && value.every((each) => typeof each === 'number');
}
