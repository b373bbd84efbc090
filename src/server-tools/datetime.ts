/** `openrouter:datetime`: what time it is, in UTC or the caller's time zone (OpenRouter's API). */
import { invalidRequest } from '../core/errors.ts';
import { isJsonObject, stringAt } from '../core/json.ts';
import type { ServerTool } from './tool.ts';

const UTC = 'UTC';

export const datetime: ServerTool = {
  type: 'openrouter:datetime',
  configure(parameters, field) {
    const own = stringAt(parameters, 'timezone') ?? UTC;
    if (!isTimezone(own)) {
      throw invalidRequest(
        `${field}.parameters.timezone`,
        `"${own.slice(0, 64)}" is no time zone; write one as "Europe/Zurich"`,
      );
    }
    return {
      definition: {
        name: 'datetime',
        description: `Gives the current date and time. Time zone: ${own}, unless another one is asked for.`,
        parameters: {
          type: 'object',
          properties: { timezone: { type: 'string', description: 'IANA name, e.g. "America/New_York".' } },
          additionalProperties: false,
        },
      },
      async run(input, { nowMs }) {
        const asked = (isJsonObject(input) && stringAt(input, 'timezone')) || own;
        if (!isTimezone(asked)) return { text: `"${asked.slice(0, 64)}" is no IANA time zone.`, isError: true };
        return { text: JSON.stringify({ datetime: localTime(nowMs, asked), timezone: asked }) };
      },
    };
  },
};

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** ISO 8601 with the zone's offset at that moment. */
function localTime(nowMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  }).formatToParts(nowMs);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', '');
  const date = `${part('year')}-${part('month')}-${part('day')}`;
  return `${date}T${part('hour')}:${part('minute')}:${part('second')}${offset === '' ? '+00:00' : offset}`;
}
