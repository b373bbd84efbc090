/** Planning without a server: a snapshot of the configuration, a given time and randomness, and health that somebody made up. */
import { type EndpointHealth, UNMEASURED } from '../../core/health.ts';
import type { Random } from '../../core/ids.ts';
import type { Snapshot } from '../../pipeline/snapshot.ts';
import type { RouteExplainPorts } from '../../server/management/route-explain.ts';

export interface OfflineOptions {
  readonly snapshot: Snapshot;
  readonly nowMs: number;
  readonly random: Random;
  /** Absent: nothing was measured. */
  readonly healthOf?: (endpointId: string) => EndpointHealth;
}

export function offlinePorts({ snapshot, nowMs, random, healthOf }: OfflineOptions): RouteExplainPorts {
  return {
    snapshot: () => snapshot,
    clock: { now: () => nowMs },
    random,
    health: { of: healthOf ?? (() => UNMEASURED), credentialRestsUntilMs: () => 0 },
    sessions: { find: () => undefined },
    fingerprint: (text) => text,
    // Nobody came through a gateway that does not run.
    instanceId: 'offline',
    spend: null,
    presets: null,
  };
}
