/** The configuration as a server would read it, without its secrets. */
import { type KnownProvider, loadSettings } from '../../config/load.ts';
import { formatProblem } from '../../config/problems.ts';
import type { Settings } from '../../config/settings.ts';
import { withStandIns } from './stand-ins.ts';

export interface PlanningIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readText(path: string): Promise<string>;
  readonly knownProviders: readonly KnownProvider[];
  readonly builtDialects: readonly string[];
}

export interface PlanningSettings {
  readonly settings: Settings;
  /** What the plans come from, in words: a file's name, or the environment. */
  readonly origin: string;
  readonly notes: readonly string[];
}

/** @throws Misuse where the configuration cannot be read or has problems, naming them */
export async function loadForPlanning(
  flags: { readonly config?: string | undefined; readonly data?: string | undefined },
  { env, readText, knownProviders, builtDialects }: PlanningIo,
): Promise<PlanningSettings> {
  const file = flags.config ?? env['SIGNALBOX_CONFIG'] ?? null;
  const text = file === null ? null : await readOrMisuse(file, readText);
  const standIns = file === null || text === null ? { env, names: [] } : withStandIns(file, text, env, knownProviders);
  const outcome = loadSettings({
    file,
    ...(text !== null && { text }),
    env: standIns.env,
    flags: { data: flags.data },
    knownProviders,
    builtDialects,
  });
  if (!outcome.ok) throw new Misuse(outcome.problems.map(formatProblem).join('\n'));
  const unset = `not set, and not needed, as nothing is sent: ${standIns.names.join(', ')}`;
  return {
    settings: outcome.settings,
    origin: file ?? 'the environment',
    notes: [...outcome.notices, ...(standIns.names.length > 0 ? [unset] : [])],
  };
}

/** @throws Misuse naming the file */
export async function readOrMisuse(path: string, readText: PlanningIo['readText']): Promise<string> {
  try {
    return await readText(path);
  } catch (error) {
    throw new Misuse(`${path}: cannot be read: ${error instanceof Error ? error.message : 'unknown reason'}`);
  }
}

/** Files, flags and requests that are not understood: exit code 2. */
export class Misuse extends Error {}
