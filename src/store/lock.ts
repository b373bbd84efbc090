/**
 * One process at a time works on a data folder. `lock` is a file that names its holder: the process, when
 * it started (a process id may come again, in a container it always does), and where it listens for commands.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type Json, numberAt, stringAt } from '../core/json.ts';
import { isListening } from './control-socket.ts';

export interface LockHolder {
  readonly pid: number;
  /** The kernel's start time of that process, where it tells. */
  readonly startTicks: string | null;
  /** Where the holder takes commands; null for a command that only works on the folder itself. */
  readonly socketPath: string | null;
}

export interface Lock {
  release(): void;
}

/** Somebody else works on the folder. */
export class LockHeldError extends RangeError {
  override readonly name = 'LockHeldError';
  readonly holder: LockHolder;

  constructor(dataDirectory: string, holder: LockHolder) {
    super(
      `the data folder ${dataDirectory} is in use by process ${holder.pid}: stop it first, or choose another folder with --data`,
    );
    this.holder = holder;
  }
}

/**
 * Takes the folder's lock. A lock whose holder is gone is taken over.
 * @throws LockHeldError where a living process holds it
 */
export async function acquireLock(dataDirectory: string, socketPath: string | null): Promise<Lock> {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const file = lockFile(dataDirectory);
  const own: LockHolder = { pid: process.pid, startTicks: startTicksOf(process.pid), socketPath };
  // Written aside and linked into place: the lock appears whole or not at all, and for one taker only.
  const draft = `${file}.${process.pid}.${crypto.randomUUID()}`;
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600, flag: 'wx' });
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      if (tryLink(draft, file)) return { release: () => release(file, own) };
      const found = readText(file);
      const holder = found === null ? null : parseHolder(found);
      if (holder !== null && (await isAlive(holder))) throw new LockHeldError(dataDirectory, holder);
      if (found !== null) removeStale(file, found);
    }
  } finally {
    unlinkSync(draft);
  }
  throw new Error(`the lock ${file} could not be taken: other processes are starting on the same folder`);
}

/** Who holds the folder now; null where nobody alive does. */
export async function findLockHolder(dataDirectory: string): Promise<LockHolder | null> {
  const text = readText(lockFile(dataDirectory));
  const holder = text === null ? null : parseHolder(text);
  return holder !== null && (await isAlive(holder)) ? holder : null;
}

function lockFile(dataDirectory: string): string {
  return join(dataDirectory, 'lock');
}

function tryLink(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Moves the stale lock away; where another process has just replaced it, that one is put back. */
function removeStale(file: string, staleText: string): void {
  const aside = `${file}.stale.${crypto.randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  if (readText(aside) !== staleText) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function release(file: string, own: LockHolder): void {
  if (readText(file) === JSON.stringify(own)) rmSync(file, { force: true });
}

/**
 * The process runs and is the one that took the lock, or somebody answers at its socket: process ids mean nothing across
 * containers that share the folder, a listening socket does.
 */
async function isAlive(holder: LockHolder): Promise<boolean> {
  if (isSameProcess(holder)) return true;
  return holder.socketPath !== null && (await isListening(holder.socketPath));
}

function isSameProcess(holder: LockHolder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    if (!isCode(error, 'EPERM')) return false;
  }
  return holder.startTicks === null || startTicksOf(holder.pid) === holder.startTicks;
}

/** Field 22 of /proc/<pid>/stat (proc(5)); null on systems without it. The name in field 2 may hold spaces and brackets. */
function startTicksOf(pid: number): string | null {
  const stat = readText(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function parseHolder(text: string): LockHolder | null {
  try {
    const parsed: Json = JSON.parse(text);
    const pid = isJsonObject(parsed) ? numberAt(parsed, 'pid') : undefined;
    if (!isJsonObject(parsed) || pid === undefined) return null;
    return {
      pid,
      startTicks: stringAt(parsed, 'startTicks') ?? null,
      socketPath: stringAt(parsed, 'socketPath') ?? null,
    };
  } catch {
    // Not ours, or cut by a full disk: nobody can be said to hold it.
    return null;
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ESRCH')) return null;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
