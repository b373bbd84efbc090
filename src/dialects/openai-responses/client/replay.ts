/** An answer given again: see ReplayFace. */
import { isJsonObject, type JsonObject } from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';
import type { ReplayFace, ReplayStamp } from '../../dialect.ts';
import { restamp } from '../../shared/replay.ts';
import { responseId } from '../shared/response-ids.ts';

const DATA = 'data: ';

export const replayResponses: ReplayFace = {
  whole(body, stamp) {
    const response = tryParseJson(body);
    return isJsonObject(response) ? JSON.stringify(restampResponse(response, stamp)) : body;
  },
  frames(events, stamp) {
    let out = '';
    for (const event of events.split('\n\n')) {
      // Comments told the first caller that there was nothing to say yet.
      if (event !== '' && !event.startsWith(':')) out += `${restampEvent(event, stamp)}\n\n`;
    }
    return out;
  },
};

/** Only the events of the response as a whole name it. */
function restampEvent(event: string, stamp: ReplayStamp): string {
  const at = event.indexOf(`${DATA}{`);
  if (at < 0 || !event.includes('"response":')) return event;
  const value = tryParseJson(event.slice(at + DATA.length));
  if (!isJsonObject(value) || !isJsonObject(value['response'])) return event;
  const restamped = { ...value, response: restampResponse(value['response'], stamp) };
  return event.slice(0, at) + DATA + JSON.stringify(restamped);
}

function restampResponse(response: JsonObject, { id, createdSeconds }: ReplayStamp): JsonObject {
  const { completed_at: completedAt, ...restamped } = restamp(response, { id: responseId(id), createdSeconds });
  return {
    ...restamped,
    created_at: createdSeconds,
    completed_at: typeof completedAt === 'number' ? createdSeconds : (completedAt ?? null),
  };
}
