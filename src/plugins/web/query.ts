/** What to search for: what the user says last. */
import type { Message } from '../../core/chat.ts';

/** Search engines cut longer queries. */
export const MAX_QUERY_CHARACTERS = 400;

/**
 * The text of the last user message in one line. Where it is longer than a query may be, its last line with a question mark
 * (text was pasted before or after a question), else its beginning. '' where the user said nothing in words.
 */
export function searchQuery(messages: readonly Message[]): string {
  const last = messages.findLast(({ role }) => role === 'user');
  const text = (last?.content ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('\n');
  const whole = inOneLine(text);
  if (whole.length <= MAX_QUERY_CHARACTERS) return whole;
  const question = text.split('\n').findLast((line) => line.includes('?'));
  const line = question === undefined ? whole : inOneLine(question);
  return shorten(line);
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Cut between words. */
function shorten(text: string): string {
  if (text.length <= MAX_QUERY_CHARACTERS) return text;
  const cut = text.slice(0, MAX_QUERY_CHARACTERS + 1);
  const space = cut.lastIndexOf(' ');
  return space > 0 ? cut.slice(0, space) : cut.slice(0, MAX_QUERY_CHARACTERS).toWellFormed();
}
