/** `signalbox route explain FILE`: where a request would go, asked of the running server, else planned from the configuration. */
import { GatewayError } from '../../core/errors.ts';
import type { Random } from '../../core/ids.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { RouteReport } from '../../pipeline/route-report.ts';
import { buildSnapshot, type SnapshotSources } from '../../pipeline/snapshot.ts';
import { explainRoute, withoutKey } from '../../server/management/route-explain.ts';
import { parseJsonBody } from '../../wire/json.ts';
import { loadForPlanning, Misuse, type PlanningIo, type PlanningSettings, readOrMisuse } from './load-for-planning.ts';
import { offlinePorts } from './plan-offline.ts';
import { routeReportSchema } from './report-schema.ts';
import { reportLines } from './report-text.ts';

export interface ExplainIo extends PlanningIo {
  print(line: string): void;
  complain(line: string): void;
  /** Catalogue and providers; the prices that were refreshed in this data folder over the built-in ones. */
  sources(dataDirectory: string | null): Promise<RouteSources>;
  /** Sends a control command to the server that holds the data folder; null where none does. */
  askServer(dataDirectory: string, command: string, args: Json): Promise<Json | null>;
  readonly random: Random;
  now(): number;
}

export interface RouteSources extends SnapshotSources {
  /** YYYY-MM-DD. */
  readonly pricesDate: string;
}

export interface ExplainFlags {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly key?: string | undefined;
  readonly json?: boolean | undefined;
  readonly offline?: boolean | undefined;
}

/** @returns the exit code: 0 it would be sent, 1 it would be refused. @throws Misuse */
export async function explainCommand(file: string, flags: ExplainFlags, io: ExplainIo): Promise<number> {
  const text = await readOrMisuse(file, io.readText);
  const planning = await loadForPlanning(flags, io);
  const body = understood(() => parseJsonBody(text).value);
  const live = flags.offline ? null : await askServer(body, flags, planning, io);
  const report = live ?? (await planOffline(body, flags, planning, io));
  const plannedBy = live
    ? `the running server of ${planning.settings.dataDirectory}, with its own configuration and health`
    : `${planning.origin}; ${flags.offline ? 'no server is asked' : 'no server runs'}, so nothing is known of health`;
  if (flags.json) {
    io.print(JSON.stringify({ planned_by: live ? 'server' : 'configuration', ...report }, null, 2));
  } else for (const line of reportLines(report, plannedBy)) io.print(line);
  return report.would_go_to && report.admitted.ok !== false ? 0 : 1;
}

async function askServer(
  body: Json,
  { key }: ExplainFlags,
  { settings }: PlanningSettings,
  io: ExplainIo,
): Promise<RouteReport | null> {
  const reply = await io
    .askServer(settings.dataDirectory, 'route.explain', { body, ...(key !== undefined && { key }) })
    .catch((error: unknown) => {
      throw misuseOf(error);
    });
  if (reply === null) return null;
  const parsed = routeReportSchema.safeParse(isJsonObject(reply) ? reply['data'] : undefined);
  if (parsed.success) return parsed.data;
  throw new Misuse('the running server answers in a form that this release does not know; use its own, or --offline.');
}

async function planOffline(
  body: Json,
  { key }: ExplainFlags,
  { settings, notes }: PlanningSettings,
  io: ExplainIo,
): Promise<RouteReport> {
  for (const note of notes) io.complain(`note: ${note}`);
  const snapshot = buildSnapshot(settings, await io.sources(settings.dataDirectory));
  if (key !== undefined && !snapshot.routing.byKey.has(key)) {
    io.complain(
      `note: routing.keys has no ${key}: the account's defaults hold. Without a server it is known as there only.`,
    );
  }
  const ports = offlinePorts({ snapshot, nowMs: io.now(), random: io.random });
  return understood(() => explainRoute(body, withoutKey(key), ports));
}

function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw misuseOf(error);
  }
}

/** What the caller can mend says so by itself; a fault of ours keeps its stack. */
function misuseOf(error: unknown): unknown {
  if (!(error instanceof GatewayError) || error.code === 'gateway.internal') return error;
  if (error.code === 'client.too_large') {
    return new Misuse(`${error.message} Post the request to /api/v1/signalbox/route instead.`);
  }
  return new Misuse(error.message);
}
