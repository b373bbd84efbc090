/**
 * `signalbox catalog refresh|show`: models and prices brought up to date from a configured source, after showing what
 * changes. Applied rows lie over the built-in ones (catalog/load.ts).
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type CatalogDiff, diffRows, type EndpointChange, isEmptyDiff } from '../catalog/diff.ts';
import { importModelsDev } from '../catalog/import-models-dev.ts';
import { importOpenRouterModels } from '../catalog/import-openrouter-models.ts';
import { builtInRows, layRows, storedAfter } from '../catalog/load.ts';
import { type CatalogRows, parseCatalogRows } from '../catalog/rows.ts';
import { isJsonArray, isJsonObject, type Json } from '../core/json.ts';
import { REFRESHED_FILE } from './refreshed-rows.ts';

export interface CatalogCommandIo {
  write(text: string): void;
  readLine(prompt: string): Promise<string>;
  fetchJson(url: string): Promise<unknown>;
  /** Rejects where the file does not exist, with code ENOENT. */
  readFile(path: string): Promise<string>;
  writeFile(path: string, text: string): Promise<void>;
  readonly dataDirectory: string;
  /** The configuration's `catalog.source`. */
  readonly sourceUrl: string;
  /** Milliseconds since the epoch: the date of facts fetched from an address. */
  now?(): number;
}

export const CATALOG_USAGE = `usage: signalbox catalog <command>

  show     where the models and prices in force come from, their date, and how many there are
  refresh  [--from URL|FILE] [--yes]
           reads models.dev's api.json or an OpenRouter /models answer, shows what would change, and asks
`;

/** @returns the exit code: 0 done or declined, 1 failed, 2 not understood */
export async function catalogCommand(args: readonly string[], io: CatalogCommandIo): Promise<number> {
  let parsed: ReturnType<typeof parseArguments>;
  try {
    parsed = parseArguments(args);
  } catch (error) {
    io.write(`signalbox catalog: ${messageOf(error)}\n${CATALOG_USAGE}`);
    return 2;
  }
  try {
    switch (parsed.command) {
      case 'show':
        return await show(io);
      case 'refresh':
        return await refresh(parsed.from ?? io.sourceUrl, parsed.yes, io);
    }
  } catch (error) {
    io.write(`signalbox catalog: ${messageOf(error)}\n`);
    return 1;
  }
}

function parseArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { from: { type: 'string' }, yes: { type: 'boolean', short: 'y' } },
  });
  const [command, ...rest] = positionals;
  if (command !== 'show' && command !== 'refresh')
    throw new Error(`there is no "${command ?? ''}"; say show or refresh`);
  if (rest.length > 0) throw new Error(`"${rest[0]}" is one word too many`);
  if (command === 'show' && (values.from !== undefined || values.yes)) throw new Error('show takes no options');
  return { command, from: values.from, yes: values.yes ?? false } as const;
}

async function show(io: CatalogCommandIo): Promise<number> {
  const builtIn = builtInRows();
  const stored = await readStored(io);
  const rows = layRows(builtIn, stored);
  const chat = rows.models.filter((each) => each.out.includes('text')).length;
  const providers = new Set(rows.endpoints.map((each) => each.provider)).size;
  io.write(`Prices in force: ${sourceLine(builtIn, stored)}\n`);
  if (stored) {
    const fresh = [...new Set(stored.endpoints.map((each) => each.provider))].sort();
    io.write(`Refreshed providers (${fresh.length}): ${fresh.join(', ')}. Others: ${dated(builtIn)}, built in.\n`);
  }
  io.write(
    `${rows.models.length} models (${chat} chat, ${rows.models.length - chat} embeddings), ` +
      `${rows.endpoints.length} endpoints at ${providers} providers.\n`,
  );
  return 0;
}

async function refresh(from: string, yes: boolean, io: CatalogCommandIo): Promise<number> {
  const builtIn = builtInRows();
  const stored = await readStored(io);
  const before = layRows(builtIn, stored);
  io.write(`Prices in force: ${sourceLine(builtIn, stored)}\nReading ${from}\n`);
  const fresh = await readSource(from, before, io);
  const next = storedAfter(stored, fresh.rows);
  const after = layRows(builtIn, next);
  const diff = diffRows(before, after);
  io.write(
    `Found: ${dated(fresh.rows)}, ${fresh.rows.endpoints.length} endpoints; ${fresh.leftOut.length} offers left out.\n`,
  );
  if (isEmptyDiff(diff) && fresh.rows.source.date === before.source.date) {
    io.write('Nothing changes.\n');
    return 0;
  }
  io.write(formatDiff(diff));
  if (!yes && !/^y(es)?$/i.test((await io.readLine('Apply? [y/N] ')).trim())) {
    io.write('Nothing was changed.\n');
    return 0;
  }
  const path = join(io.dataDirectory, REFRESHED_FILE);
  await io.writeFile(path, `${JSON.stringify(parseCatalogRows(next))}\n`);
  io.write(`Applied: ${path}. A running server takes it at its next start.\n`);
  return 0;
}

/** What a source says, in either of the two forms. */
async function readSource(from: string, before: CatalogRows, io: CatalogCommandIo) {
  const isAddress = /^https?:\/\//.test(from);
  const source: unknown = isAddress ? await io.fetchJson(from) : JSON.parse(await io.readFile(from));
  const today = new Date(io.now?.() ?? Date.now()).toISOString().slice(0, 10);
  const imported = isOpenRouterList(source)
    ? importOpenRouterModels(source, today, new Map(before.models.map((each) => [each.id, each])))
    : importModelsDev(source, isAddress ? today : undefined);
  if (imported.rows.endpoints.length === 0) {
    throw new Error(
      `${from} has no offer that the catalogue can use. Give models.dev's api.json or an OpenRouter /models.`,
    );
  }
  return imported;
}

function isOpenRouterList(source: unknown): boolean {
  return isJsonObject(source) && isJsonArray(source['data']);
}

async function readStored(io: CatalogCommandIo): Promise<CatalogRows | undefined> {
  const path = join(io.dataDirectory, REFRESHED_FILE);
  let text: string;
  try {
    text = await io.readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const value: Json = JSON.parse(text);
    return parseCatalogRows(value);
  } catch (error) {
    throw new Error(`${path} cannot be used (${messageOf(error)}). Delete it and refresh again.`, { cause: error });
  }
}

function sourceLine(builtIn: CatalogRows, stored: CatalogRows | undefined): string {
  return stored ? `${dated(stored)}, refreshed over ${dated(builtIn)}.` : `${dated(builtIn)}, built in.`;
}

function dated({ source }: CatalogRows): string {
  return `${source.name} of ${source.date}`;
}

function formatDiff(diff: CatalogDiff): string {
  const lines = [
    ...diff.addedModels.map((each) => `+ model ${each}`),
    ...diff.removedModels.map((each) => `- model ${each}`),
    ...diff.addedEndpoints.map((each) => `+ ${each}`),
    ...diff.removedEndpoints.map((each) => `- ${each}`),
    ...diff.changed.map(formatChange),
    `${diff.addedModels.length} models added, ${diff.removedModels.length} removed; ` +
      `${diff.addedEndpoints.length} endpoints added, ${diff.removedEndpoints.length} removed, ${diff.changed.length} changed.`,
  ];
  return `${lines.join('\n')}\n`;
}

function formatChange({ endpoint, changes }: EndpointChange): string {
  const parts = changes.map(({ field, from, to, ratio }) => {
    const percent = ratio === undefined ? '' : ` (${ratio > 0 ? '+' : ''}${(ratio * 100).toFixed(1)} %)`;
    return `${field} ${from ?? 'none'} → ${to ?? 'none'}${percent}`;
  });
  return `~ ${endpoint}: ${parts.join('; ')}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
