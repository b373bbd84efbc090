/**
 * A read-only connection off the main thread: a sum over many rows must not hold up a stream. It also migrates, over a
 * connection of its own that is closed before the writer opens: the query builder is loaded here and nowhere else, which is
 * a tenth of an idle server's memory.
 */
import type { Database } from 'bun:sqlite';
import type { Kysely } from 'kysely';
import { findGeneration } from '../queries/find-generation.ts';
import { listKeys } from '../queries/list-keys.ts';
import { findPresetVersion, listPresets, listPresetVersions } from '../queries/presets.ts';
import { latestSessions, sessionSavings } from '../queries/session-savings.ts';
import { spendByKeyAndDay } from '../queries/spend-by-key-and-day.ts';
import type { StoreDatabase } from '../tables/database.ts';
import { createKysely } from './kysely.ts';
import { migrate } from './migrate.ts';
import { openForReading, openForWriting } from './open-database.ts';
import type { Answer, FromReader, Question, ToReader } from './reader-messages.ts';

declare const self: Worker;

let connection: { readonly database: Database; readonly db: Kysely<StoreDatabase> } | undefined;
let file = '';

self.onmessage = (event: MessageEvent<ToReader>) => {
  const message = event.data;
  switch (message.kind) {
    case 'open':
      file = message.file;
      return;
    case 'ask':
      void reply(message.number, message.question);
      return;
    case 'close':
      connection?.database.close();
      connection = undefined;
      tell({ kind: 'closed' });
      return;
  }
};

async function reply(number: number, question: Question): Promise<void> {
  try {
    const answer = question.kind === 'migrate' ? await bringUpToDate() : await answerTo(connect(), question);
    tell({ kind: 'answer', number, answer });
  } catch (error) {
    tell({ kind: 'failed', number, reason: error instanceof Error ? error.message : String(error) });
  }
}

async function bringUpToDate(): Promise<Answer> {
  try {
    const database = openForWriting(file);
    try {
      await migrate(database);
    } finally {
      database.close();
    }
    return { kind: 'migrated', failure: null };
  } catch (error) {
    return { kind: 'migrated', failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Opened at the first question, so that a file that appears or heals later needs no restart. */
function connect(): Kysely<StoreDatabase> {
  if (connection === undefined) {
    const database = openForReading(file);
    connection = { database, db: createKysely(database) };
  }
  return connection.db;
}

async function answerTo(db: Kysely<StoreDatabase>, question: Exclude<Question, { kind: 'migrate' }>): Promise<Answer> {
  switch (question.kind) {
    case 'generation':
      return { kind: 'generation', generation: await findGeneration(db, question.id) };
    case 'keys':
      return { kind: 'keys', keys: await listKeys(db) };
    case 'presets':
      return { kind: 'presets', presets: await listPresets(db) };
    case 'preset-versions':
      return { kind: 'preset-versions', page: await listPresetVersions(db, question.presetId, question.page) };
    case 'preset-version':
      return { kind: 'preset-version', version: await findPresetVersion(db, question.presetId, question.version) };
    case 'spend-by-key-and-day':
      return { kind: 'spend-by-key-and-day', spend: await spendByKeyAndDay(db) };
    case 'session':
      return { kind: 'session', session: await sessionSavings(db, question.scope, question.sessionId) };
    case 'latest-sessions':
      return { kind: 'latest-sessions', sessions: await latestSessions(db, question.scope, question.limit) };
  }
}

function tell(message: FromReader): void {
  self.postMessage(message);
}
