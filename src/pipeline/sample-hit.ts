/** For tests: an exchange that a cached answer may serve, and ports that keep what they are told. */
import type { KeyRecord } from '../core/caller.ts';
import type { GatewayError } from '../core/errors.ts';
import { sampleDemand } from '../core/sample-demand.ts';
import type { Settlement } from '../ledger/store.ts';
import type { HitExchange, HitPorts } from './cached-exchange.ts';

const KEY: KeyRecord = {
  hash: 'a'.repeat(64),
  kind: 'inference',
  name: 'test',
  label: 'sk-or-v1-abc...123',
  disabled: false,
  limitNanoUsd: null,
  limitReset: null,
  includeByokInLimit: false,
  createdAtMs: 0,
  updatedAtMs: null,
  expiresAtMs: null,
  creatorUserId: null,
  workspaceId: 'w',
  externalUser: null,
  source: 'database',
};

const DEMAND = sampleDemand({ models: ['maker/model'], stream: true, promptTokensEstimate: 1, sessionId: 's' });

export function sampleHit(id: string, receivedAtMs: number): HitExchange {
  return {
    id,
    kind: 'chat',
    receivedAtMs,
    caller: { key: KEY, referer: null, title: null, userAgent: null },
    presetId: null,
    notes: [],
    demand: DEMAND,
  };
}

export interface HitLab extends HitPorts {
  readonly settled: readonly Settlement[];
  readonly logged: readonly string[];
  readonly runningIds: ReadonlySet<string>;
  wait(ms: number): void;
  /** From now on. */
  refuse(by: { readonly ledger?: GatewayError; readonly admission?: GatewayError }): void;
}

export function createHitLab(nowMs = 1_764_072_000_000): HitLab {
  const settled: Settlement[] = [];
  const logged: string[] = [];
  const runningIds = new Set<string>();
  let now = nowMs;
  let refusals: Parameters<HitLab['refuse']>[0] = {};
  return {
    settled,
    logged,
    runningIds,
    wait(ms) {
      now += ms;
    },
    refuse(by) {
      refusals = by;
    },
    clock: { now: () => now },
    spend: { admit: () => refusals.admission, left: () => null, post() {} },
    running: {
      add: (id) => void runningIds.add(id),
      remove: (id) => void runningIds.delete(id),
      keyHashOf: () => undefined,
    },
    log: { settled: ({ id }) => void logged.push(id), error() {} },
    ledger: {
      open() {},
      async settle(record) {
        if (refusals.ledger) throw refusals.ledger;
        settled.push(record);
      },
      pending: () => undefined,
      flush: async () => {},
    },
  };
}
