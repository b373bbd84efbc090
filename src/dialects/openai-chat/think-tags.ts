/** Reasoning that a host leaves inside the content between `<think>` tags, taken apart at any split of the text. */

const OPEN = '<think>';
const CLOSE = '</think>';

export interface ThinkPiece {
  readonly kind: 'text' | 'reasoning';
  readonly text: string;
}

export interface ThinkSplitter {
  push(text: string): readonly ThinkPiece[];
  /** What was held back because it looked like the beginning of a tag. */
  end(): readonly ThinkPiece[];
}

/** Only a tag at the very start of the content opens reasoning: later ones are the answer's own words. */
export function openThinkSplitter(): ThinkSplitter {
  let state: 'start' | 'inside' | 'after' = 'start';
  let held = '';
  /** The blank line that models leave between reasoning and answer. */
  let trimNext = false;

  const pieces = (kind: ThinkPiece['kind'], text: string): readonly ThinkPiece[] => {
    let kept = text;
    if (trimNext) {
      kept = text.replace(/^\s+/, '');
      if (kept) trimNext = false;
    }
    return kept ? [{ kind, text: kept }] : [];
  };

  const inside = (): readonly ThinkPiece[] => {
    const at = held.indexOf(CLOSE);
    if (at < 0) {
      const keep = overlap(held, CLOSE);
      const text = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return pieces('reasoning', text);
    }
    const reasoning = pieces('reasoning', held.slice(0, at));
    const rest = held.slice(at + CLOSE.length);
    held = '';
    state = 'after';
    trimNext = true;
    return [...reasoning, ...pieces('text', rest)];
  };

  return {
    push(text) {
      if (state === 'after') return pieces('text', text);
      held += text;
      if (state === 'start') {
        const body = held.trimStart();
        if (body.length < OPEN.length && OPEN.startsWith(body)) return [];
        if (!body.startsWith(OPEN)) {
          const all = held;
          held = '';
          state = 'after';
          return pieces('text', all);
        }
        held = body.slice(OPEN.length);
        state = 'inside';
        trimNext = true;
      }
      return inside();
    },
    end() {
      const rest = held;
      held = '';
      return rest ? pieces(state === 'inside' ? 'reasoning' : 'text', rest) : [];
    },
  };
}

/** How many characters at the end of `text` begin `tag`. */
function overlap(text: string, tag: string): number {
  for (let length = Math.min(text.length, tag.length - 1); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length;
  }
  return 0;
}
