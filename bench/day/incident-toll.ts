/** What an incident cost a strategy: attempts sent to its hosts while it lasted that came to nothing. */
import type { Incident } from './incidents.ts';
import type { Scenario } from './scenarios.ts';
import type { SentAttempt } from './simulate.ts';
import type { Course } from './world.ts';

/** Later than this is as good as lost. */
const LATE_MS = 10_000;

export interface IncidentToll {
  readonly incident: Incident;
  /** Attempts at its hosts while it lasted. */
  attempts: number;
  /** Of them: failed, cut, or with a first token after more than 10 s; where tool calls are the trouble, those with a bad one. */
  lost: number;
}

export interface TollKeeper {
  readonly tolls: readonly IncidentToll[];
  onAttempt(attempt: SentAttempt): void;
}

export function createTollKeeper({ incidents, startMs }: Scenario): TollKeeper {
  const tolls = incidents.map((incident): IncidentToll => ({ incident, attempts: 0, lost: 0 }));
  return {
    tolls,
    onAttempt({ endpoint, atMs, course }) {
      const sinceMs = atMs - startMs;
      for (const toll of tolls) {
        const { fromMs, untilMs, hosts } = toll.incident;
        if (sinceMs < fromMs || sinceMs >= untilMs || !hosts.includes(endpoint.facts.name)) continue;
        toll.attempts++;
        if (isLost(course, toll.incident)) toll.lost++;
      }
    },
  };
}

function isLost(course: Course, { trouble }: Incident): boolean {
  if (course.kind === 'fails') return trouble.kind !== 'bad-tools';
  return trouble.kind === 'bad-tools' ? course.badTool : course.isCut || course.firstTokenMs > LATE_MS;
}
