/**
 * Blanks out what people write into JSON though the grammar has none of it (comments, trailing commas), keeping every
 * other character where it was, so that positions in messages stay true.
 */

/** True where the text is JSON by its name or by its first character. */
export function looksLikeJson(file: string, text: string): boolean {
  if (/\.(json|jsonc|json5)$/i.test(file)) return true;
  return /^\s*(\/\/|\/\*|\{\s*(["}]|\/\/|\/\*))/.test(text);
}

// A string, a block comment, a line comment, or a tab (which YAML may refuse), whichever comes first; strings stay whole.
const TOKEN = /"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*|\t/g;
const TRAILING_COMMA = /"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g;

export function blankJsonExtras(text: string): string {
  const bare = text.replace(TOKEN, (token) => (token.startsWith('"') ? token : token.replace(/[^\n]/g, ' ')));
  return bare.replace(TRAILING_COMMA, (token) => (token === ',' ? ' ' : token));
}
