/** How long a simulated text is, where it is cut, and in which pieces it is streamed. */
import type { SimOptions } from './faults.ts';
import type { SimPrompt } from './prompt.ts';
import { SimRefusal } from './prompt.ts';
import { byteLength, cutToBytes } from './tokens.ts';

const LOREM =
  'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua. ' +
  'Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat. ';
const DEFAULT_LOREM_TOKENS = 64;
const BYTES_PER_TOKEN = 4;

/** The most tokens the answer may have; `over` is the fault of delivering more than was allowed. */
export function limitOf(maxTokens: number | null, options: SimOptions): number {
  const over = options.counts.get('over');
  if (maxTokens === null && over !== undefined) {
    throw new SimRefusal(
      400,
      'The option over=<n> delivers more than max_tokens allows, so max_tokens must be sent.',
      'max_tokens',
    );
  }
  return maxTokens === null ? Number.POSITIVE_INFINITY : maxTokens + (over ?? 0);
}

export interface FittedText {
  readonly text: string;
  /** True where the limit cut it. */
  readonly cut: boolean;
  readonly stopped: string | null;
}

/** Grows the text to `bytes` or to the over-delivery asked for, ends it at a stop sequence, cuts it to the limit. */
export function fitText(natural: string, prompt: SimPrompt, options: SimOptions | null, limit: number): FittedText {
  const frames = options?.counts.get('frames') ?? 0;
  const bytes = options?.counts.get('bytes') ?? (frames > natural.length ? frames : undefined);
  const over = options?.counts.has('over') && Number.isFinite(limit);
  const grown =
    bytes !== undefined
      ? toExactBytes(natural, bytes)
      : over
        ? toExactBytes(natural, limit * BYTES_PER_TOKEN)
        : natural;
  const stop = firstStop(grown, prompt.stop);
  const text = stop === null ? grown : grown.slice(0, stop.at);
  const allowed = Math.max(0, limit) * BYTES_PER_TOKEN;
  if (byteLength(text) > allowed) return { text: cutToBytes(text, allowed), cut: true, stopped: null };
  return { text, cut: Boolean(over), stopped: stop?.sequence ?? null };
}

function firstStop(
  text: string,
  sequences: readonly string[],
): { readonly at: number; readonly sequence: string } | null {
  let first: { at: number; sequence: string } | null = null;
  for (const sequence of sequences) {
    const at = sequence === '' ? -1 : text.indexOf(sequence);
    if (at >= 0 && (first === null || at < first.at)) first = { at, sequence };
  }
  return first;
}

/** Repeats or cuts; a character that would be split becomes dots. */
function toExactBytes(text: string, bytes: number): string {
  const unit = text === '' ? LOREM : text;
  const repeated = unit.repeat(Math.max(1, Math.ceil(bytes / byteLength(unit))));
  const cut = cutToBytes(repeated, bytes);
  return cut + '.'.repeat(bytes - byteLength(cut));
}

/** Length: `tokens=<n>`, else what the user asks for ("200 tokens"), else max_tokens, else 64 tokens. */
export function loremOf(asked: string, maxTokens: number | null, options: SimOptions): string {
  const inText = /(\d{1,7}) (?:tokens|words)/.exec(asked)?.[1];
  const tokens = options.counts.get('tokens') ?? (inText ? Number(inText) : (maxTokens ?? DEFAULT_LOREM_TOKENS));
  return toExactBytes(LOREM, tokens * BYTES_PER_TOKEN);
}

/** A word with the space before it is one piece, as tokenizers do; `frames=<n>` divides evenly instead. */
export function pieces(text: string, options: SimOptions | null): readonly string[] {
  const wanted = options?.counts.get('frames');
  if (wanted === undefined || text === '') return text.match(/\s*\S+|\s+$/g) ?? [];
  const characters = [...text];
  const count = Math.min(wanted, characters.length);
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * characters.length) / count);
    return characters.slice(from, Math.floor(((index + 1) * characters.length) / count)).join('');
  });
}
