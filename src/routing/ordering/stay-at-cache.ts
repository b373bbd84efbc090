import type { Entry, RouteQuestion } from '../candidate.ts';
import type { Say } from './say.ts';
import { BEFORE_THE_DRAWN } from './shares.ts';
import { moveToFront } from './sort-entries.ts';

/** A conversation stays where its cache is unless moving is cheaper by more than this. */
const STICKY_MARGIN = 1.1;

/** The endpoint that holds the conversation's cache comes first while it is ready and not clearly dearer. */
export function stayAtCache(entries: Entry[], { sticky }: RouteQuestion, say: Say): void {
  if (!sticky) return;
  const at = entries.findIndex(({ offer }) => offer.endpointId === sticky.endpointId);
  const entry = entries[at];
  if (entry?.standing !== 'ready') return;
  const cheapest = Math.min(...entries.filter(({ standing }) => standing === 'ready').map(({ costPico }) => costPico));
  if (!sticky.isNamed && entry.costPico > cheapest * STICKY_MARGIN) {
    say('session', 'the conversation is free to move: another endpoint is cheaper even with a cold cache');
    return;
  }
  moveToFront(entries, at);
  entry.place = BEFORE_THE_DRAWN;
  const because = sticky.cachedTokens > 0 ? ', which holds its prompt cache' : '';
  say('session', `the conversation stays at ${entry.candidate.provider.name}${because}`);
}
