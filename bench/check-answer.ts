/** Whether an answer is what the host sent, said in the client's grammar: its text piece by piece, its end, its usage, its charge. */
import { GRAMMARS } from './grammars/index.ts';
import type { Row } from './rows.ts';
import { NANO_USD_PER_REQUEST, WHOLE_CONTENT } from './rows.ts';

const COST = `"cost":${Number(NANO_USD_PER_REQUEST) / 1e9}`;
/** A content frame's text as all grammars write it. */
const PIECE = /"tok(\d+) "/g;

/** Null where nothing is wrong with it. @param isCharged whether it must say its cost */
export function problemWith(row: Row, status: number, body: string, isCharged: boolean): string | null {
  if (status !== 200) return `status ${status}: ${body.slice(0, 300)}`;
  if (row.contentFrames === 0)
    return body.includes(JSON.stringify(WHOLE_CONTENT)) ? null : `wrong reply: ${body.slice(0, 300)}`;
  let pieces = 0;
  let end = 0;
  for (const piece of body.matchAll(PIECE)) {
    if (Number(piece[1]) !== pieces) return `content frame ${piece[1]} where ${pieces} was due`;
    pieces++;
    end = piece.index;
  }
  if (pieces !== row.contentFrames) return `${pieces} content frames of ${row.contentFrames}`;
  return problemWithEnd(row, body.slice(end).replaceAll('": ', '":'), isCharged);
}

/** @param rest from the last piece on, without spaces behind names */
function problemWithEnd({ client }: Row, rest: string, isCharged: boolean): string | null {
  const { endings, terminator } = GRAMMARS[client];
  let at = 0;
  for (const ending of endings) {
    at = rest.indexOf(ending, at) + 1;
    if (at === 0) return `no ${ending} where it was due`;
  }
  if (isCharged && !rest.includes(COST)) return `no ${COST}`;
  if (terminator !== null && !rest.trimEnd().endsWith(terminator)) return `no ${terminator}`;
  return isWholeEvent(rest.slice(rest.lastIndexOf('data:') + 'data:'.length)) ? null : 'cut inside its last event';
}

function isWholeEvent(data: string): boolean {
  if (data.trim() === '[DONE]') return true;
  try {
    JSON.parse(data);
    return true;
  } catch {
    return false;
  }
}
