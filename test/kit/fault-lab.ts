/** The faults of fault-rows.ts behind a gateway: each with a second provider that is well, and alone. */
import { Database } from 'bun:sqlite';
import { join } from 'node:path';
import { z } from 'zod';
import { DATABASE_FILE } from '../../src/store/open-sqlite-store.ts';
import { type Asked, ask } from './ask.ts';
import { FAULT_ROWS, type FaultRow, type Form, NOTICED_INSIDE } from './fault-rows.ts';
import { type Upstream, upstreamName, upstreams } from './sim-lab.ts';
import type { Gateway } from './start-gateway.ts';

export const FORMS: readonly Form[] = ['whole', 'stream'];
export const COMPANIES = ['alone', 'with another'] as const;
export type Company = (typeof COMPANIES)[number];

/** Where a refusal goes on hangs on its code, which three grammars show; what a reader must notice is tried in each. */
export function companiesOf(row: FaultRow, upstream: Upstream): readonly Company[] {
  return upstreams.includes(upstream) || NOTICED_INSIDE.has(row) ? COMPANIES : ['alone'];
}

/** Nanodollars per token of the provider that fails and of the one that is well. */
export const FIRST_PRICE = { prompt: 1000n, completion: 2000n } as const;
export const SECOND_PRICE = { prompt: 3000n, completion: 6000n } as const;

const SHORT = ', timeouts: { first_byte_ms: 600, idle_ms: 400, total_ms: 800 }';

/** A provider of its own for every fault and form: what one teaches health, and its keys' rests, are nobody else's. */
export function faultConfig(upstream: Upstream, host: string): string {
  const { dialect, version } = upstream;
  const pricing = ({ prompt, completion }: typeof FIRST_PRICE | typeof SECOND_PRICE) =>
    `pricing: { prompt: "0.00000${prompt / 1000n}", completion: "0.00000${completion / 1000n}" }`;
  const cases = FAULT_ROWS.flatMap((row) => FORMS.map((form) => ({ row, form })));
  const firsts = cases.map(({ row, form }) => {
    const models = COMPANIES.map(
      (company) =>
        `{ id: "${modelOf(row, form, company)}", upstream: "${upstreamName(upstream, `echo?${row.options(dialect, form)}`)}", ${pricing(FIRST_PRICE)} }`,
    );
    return `  ${slugOf(row, form)}: { name: First, dialect: ${dialect}, base_url: "${host}/${version}", api_key: none${
      row.isSilent ? SHORT : ''
    }, models: [${models.join(', ')}] }`;
  });
  const second = cases.map(
    ({ row, form }) => `{ id: "${modelOf(row, form, 'with another')}", upstream: echo, ${pricing(SECOND_PRICE)} }`,
  );
  return (
    `providers:\n${firsts.join('\n')}\n` +
    `  second: { name: Second, dialect: openai-chat, base_url: "${host}/v1", api_key: none, models: [${second.join(', ')}] }\n`
  );
}

export function slugOf(row: FaultRow, form: Form): string {
  return `${row.name.replaceAll(' ', '-')}-${form}`;
}

export function modelOf(row: FaultRow, form: Form, company: Company): string {
  return `${company === 'alone' ? 'alone' : 'both'}/${slugOf(row, form)}`;
}

// ---- how a generation was routed ----

const record = z.object({
  data: z.looseObject({
    outcome: z.enum(['complete', 'failed', 'cancelled']),
    status: z.int(),
    error: z.string().nullable(),
    attempts: z.array(
      z.looseObject({
        provider: z.string(),
        status: z.int().nullable(),
        error: z.string().nullable(),
        latency: z.number().min(0),
        cost: z.number(),
      }),
    ),
  }),
});

export async function recordOf(gateway: Asked, id: string): Promise<z.infer<typeof record>['data']> {
  const response = await ask(gateway, null, { method: 'GET', path: `/api/v1/signalbox/generations/${id}` });
  if (response.status !== 200) throw new Error(`GET /signalbox/generations: ${response.status}`);
  return record.parse(await response.json()).data;
}

// ---- what is on disk ----

const row = z.object({
  cost_nano_usd: z.bigint(),
  upstream_cost_nano_usd: z.bigint(),
  usage_estimated: z.bigint().transform((flag) => flag === 1n),
});

export type BookedRow = z.infer<typeof row>;

/** All settlements by id, read beside the running gateway. @throws where an id is booked twice */
export function booksOf({ dataDirectory }: Gateway): ReadonlyMap<string, BookedRow> {
  const database = new Database(join(dataDirectory, 'data', DATABASE_FILE), { readonly: true, safeIntegers: true });
  const rows = database
    .query('SELECT id, cost_nano_usd, upstream_cost_nano_usd, usage_estimated FROM generations')
    .all();
  database.close();
  const books = new Map<string, BookedRow>();
  for (const booked of z.array(row.extend({ id: z.string() })).parse(rows)) {
    if (books.has(booked.id)) throw new Error(`${booked.id} is booked twice`);
    books.set(booked.id, booked);
  }
  return books;
}

// ---- the log ----

const line = z.looseObject({ level: z.string(), message: z.string(), id: z.string().optional() });

/** How many lines each exchange has, and the lines that are errors. */
export function logOf(gateway: Gateway): {
  readonly lines: ReadonlyMap<string, number>;
  readonly errors: readonly string[];
} {
  const lines = new Map<string, number>();
  const errors: string[] = [];
  for (const text of gateway.log().split('\n')) {
    if (text === '') continue;
    const { level, message, id } = line.parse(JSON.parse(text));
    if (level === 'error') errors.push(text);
    if (message === 'exchange' && id !== undefined) lines.set(id, (lines.get(id) ?? 0) + 1);
  }
  return { lines, errors };
}
