/** A chat answer given again: see ReplayFace. */
import type { ReplayFace } from '../dialect.ts';
import { restampText } from '../shared/replay.ts';

const DATA = 'data: ';

export const replayChat: ReplayFace = {
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
