/** The catalogue rows that `signalbox catalog refresh` stored in the data folder. */
import { join } from 'node:path';
import { type CatalogRows, parseCatalogRows } from '../catalog/rows.ts';

export const REFRESHED_FILE = 'catalog.json';

/** Undefined where nothing was refreshed. @throws Error naming the file where it cannot be used */
export async function readRefreshedRows(dataDirectory: string): Promise<CatalogRows | undefined> {
  const path = join(dataDirectory, REFRESHED_FILE);
  const file = Bun.file(path);
  if (!(await file.exists())) return undefined;
  try {
    return parseCatalogRows(await file.json());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${path} cannot be used (${reason}). Run "signalbox catalog refresh" again, or delete it.`, {
      cause,
    });
  }
}
