/**
 * Blanks out what people write into JSON though the grammar has none of it (comments, tabs), keeping every other
 * character where it was, so that positions in messages stay true. Trailing commas need nothing: YAML takes them.
 */

/** True where the text is JSON by its name or by its first character. */
export function looksLikeJson(file: string, text: string): boolean {
  if (/\.(json|jsonc|json5)$/i.test(file)) return true;
  return /^\s*(\/\/|\/\*|\{\s*(["}]|\/\/|\/\*))/.test(text);
}

// A string, a block comment, a line comment, or a tab, whichever comes first; strings are kept whole.
const TOKEN = /"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*|\t/g;

export function blankJsonComments(text: string): string {
  return text.replace(TOKEN, (token) => (token.startsWith('"') ? token : token.replace(/[^\n]/g, ' ')));
}
