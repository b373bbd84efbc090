/** An answer given again: see ReplayFace. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../core/json.ts';
import { tryParseJson } from '../../../wire/json.ts';
import type { ReplayFace, ReplayStamp } from '../../dialect.ts';
import { zeroed } from '../../shared/replay.ts';

const DATA = 'data: ';

export const replayGemini: ReplayFace = {
  whole(body, stamp) {
    const value = tryParseJson(body);
    return isJsonObject(value) ? JSON.stringify(restamped(value, stamp)) : body;
  },
  frames(events, stamp) {
    // An array has no blank line in it, so it comes whole.
    const array = events.trimStart().startsWith('[') ? tryParseJson(events) : undefined;
    if (isJsonArray(array)) return `[${array.map((each) => JSON.stringify(again(each, stamp))).join(',\n')}]`;
    return events
      .split('\n\n')
      .flatMap((event) =>
        event.startsWith(DATA) ? [`${DATA}${restampedText(event.slice(DATA.length), stamp)}\n\n`] : [],
      )
      .join('');
  },
};

function restampedText(text: string, stamp: ReplayStamp): string {
  const value = tryParseJson(text);
  return value === undefined ? text : JSON.stringify(again(value, stamp));
}

const again = (value: Json, stamp: ReplayStamp): Json => (isJsonObject(value) ? restamped(value, stamp) : value);

/** Under another id, its usage and cost zeroed; how the first request was routed is left out. */
function restamped(value: JsonObject, { id }: ReplayStamp): JsonObject {
  const { openrouterMetadata: _, ...kept } = value;
  const { usageMetadata } = kept;
  return {
    ...kept,
    ...(Object.hasOwn(kept, 'responseId') && { responseId: id }),
    ...(isJsonObject(usageMetadata) && { usageMetadata: zeroed(usageMetadata) }),
  };
}
