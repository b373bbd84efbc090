/** A messages answer given again: see ReplayFace. */
import { isJsonObject, type JsonObject } from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';
import type { ReplayFace, ReplayStamp } from '../../dialect.ts';
import { restamp } from '../../shared/replay.ts';
import { messageId } from './ids.ts';

const DATA = 'data: ';

export const replayMessages: ReplayFace = {
  whole: (body, stamp) => rewrite(body, (message) => restamped(message, stamp)),
  frames(events, stamp) {
    let out = '';
    for (const event of events.split('\n\n')) {
      // A ping told the first caller that there was nothing to say yet.
      if (event === '' || event.startsWith('event: ping\n')) continue;
      out += `${restampEvent(event, stamp)}\n\n`;
    }
    return out;
  },
};

/** Only the events that frame a message say whose it is or what it cost; the many between them are not parsed. */
function restampEvent(event: string, stamp: ReplayStamp): string {
  if (!event.startsWith('event: message_')) return event;
  const at = event.indexOf(`\n${DATA}`) + 1;
  const data = rewrite(event.slice(at + DATA.length), (value) => {
    const { message } = value;
    const kept = restamped(value, stamp);
    return isJsonObject(message) ? { ...kept, message: restamped(message, stamp) } : kept;
  });
  return event.slice(0, at) + DATA + data;
}

function restamped(value: JsonObject, stamp: ReplayStamp): JsonObject {
  return restamp(value, { ...stamp, id: messageId(stamp.id) });
}

function rewrite(text: string, change: (value: JsonObject) => JsonObject): string {
  const value = tryParseJson(text);
  return isJsonObject(value) ? JSON.stringify(change(value)) : text;
}
