/** An answer of OpenRouter's own grammars given again, whole or as events without names: see ReplayFace. */
import type { ReplayFace } from '../dialect.ts';
import { restampText } from './replay.ts';

const DATA = 'data: ';

export const replayEvents: ReplayFace = {
  whole: restampText,
  frames(events, stamp) {
    let out = '';
    for (const event of events.split('\n\n')) {
      // Comments told the first caller that there was nothing to say yet.
      if (event === '' || event.startsWith(':')) continue;
      out += event.startsWith(`${DATA}{`) ? DATA + restampText(event.slice(DATA.length), stamp) : event;
      out += '\n\n';
    }
    return out;
  },
};
