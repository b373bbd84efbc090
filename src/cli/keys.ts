/** `signalbox keys create|list|disable`. */
import { parseArgs } from 'node:util';
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../core/json.ts';

export interface KeysCommandIo {
  /** Standard output, a line at a time. */
  print(line: string): void;
  /** Standard error. */
  complain(line: string): void;
  /** Sends a control command to the running server, else runs it on the store; `dataDirectory` as `--data` said. */
  control(command: string, args: Json, dataDirectory: string | undefined): Promise<Json>;
}

export const KEYS_USAGE = `usage: signalbox keys <command> [--data DIR]

  create --name NAME [--limit USD] [--reset daily|weekly|monthly] [--expires ISO-TIME] [--management]
         makes a key and prints it, once
  list   every key with its limit and what it has spent
  disable HASH-OR-LABEL
         the key is refused from now on; running requests end as they will`;

/** @returns the exit code: 0 done, 1 refused, 2 not understood */
export async function keysCommand(args: readonly string[], io: KeysCommandIo): Promise<number> {
  let parsed: ParsedArguments;
  try {
    parsed = parseArguments(args);
  } catch (error) {
    // parseArgs names the option it does not know, and what it misses.
    io.complain(error instanceof Error ? error.message : String(error));
    io.complain(KEYS_USAGE);
    return 2;
  }
  try {
    return await run(parsed, io);
  } catch (error) {
    io.complain(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

type ParsedArguments = ReturnType<typeof parseArguments>;

function parseArguments(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      limit: { type: 'string' },
      reset: { type: 'string' },
      expires: { type: 'string' },
      management: { type: 'boolean' },
      data: { type: 'string' },
    },
  });
}

async function run({ positionals, values }: ParsedArguments, io: KeysCommandIo): Promise<number> {
  const [command, selected, ...rest] = positionals;
  const control = (name: string, args: Json) => io.control(name, args, values.data);
  if (command === 'create' && selected === undefined) {
    if (values.name === undefined) return misused(io, 'keys create needs --name NAME');
    const limit = values.limit === undefined ? undefined : Number(values.limit);
    if (Number.isNaN(limit) || values.limit?.trim() === '') {
      return misused(io, `--limit takes an amount in USD such as 5 or 0.50, not "${values.limit}"`);
    }
    const reply = await control('keys.create', {
      name: values.name,
      kind: values.management === true ? 'management' : 'inference',
      ...(limit === undefined ? {} : { limit }),
      ...(values.reset === undefined ? {} : { limit_reset: values.reset }),
      ...(values.expires === undefined ? {} : { expires_at: values.expires }),
    });
    printCreated(reply, io);
    return 0;
  }
  if (command === 'list' && selected === undefined) {
    printTable(await control('keys.list', {}), io);
    return 0;
  }
  if (command === 'disable' && selected !== undefined && rest.length === 0) {
    const reply = await control('keys.disable', { key: selected });
    const key = isJsonObject(reply) ? objectAt(reply, 'data') : undefined;
    io.print(`disabled ${text(key, 'label')} (${text(key, 'name')})`);
    return 0;
  }
  return misused(io, command === undefined ? 'which command?' : `"${positionals.join(' ')}" is not understood`);
}

function misused(io: KeysCommandIo, message: string): number {
  io.complain(message);
  io.complain(KEYS_USAGE);
  return 2;
}

function printCreated(reply: Json, io: KeysCommandIo): void {
  const key = isJsonObject(reply) ? objectAt(reply, 'data') : undefined;
  io.print(isJsonObject(reply) ? text(reply, 'key') : '');
  io.complain(
    `This is the ${text(key, 'kind')} key "${text(key, 'name')}". It is not shown again. Its hash: ${text(key, 'hash')}`,
  );
}

const COLUMNS: readonly { readonly title: string; readonly of: (key: JsonObject) => string }[] = [
  { title: 'HASH', of: (key) => text(key, 'hash').slice(0, 12) },
  { title: 'LABEL', of: (key) => text(key, 'label') },
  { title: 'NAME', of: (key) => text(key, 'name') },
  { title: 'KIND', of: (key) => text(key, 'kind') },
  { title: 'STATE', of: stateOf },
  { title: 'LIMIT', of: limitOf },
  { title: 'SPENT', of: (key) => `$${text(key, 'usage')}` },
  { title: 'EXPIRES', of: (key) => stringAt(key, 'expires_at') ?? '-' },
  { title: 'SOURCE', of: (key) => text(key, 'source') },
];

function stateOf(key: JsonObject): string {
  return key['disabled'] === true ? 'disabled' : 'enabled';
}

function limitOf(key: JsonObject): string {
  const reset = stringAt(key, 'limit_reset');
  return key['limit'] === null ? '-' : `$${text(key, 'limit')}${reset === undefined ? '' : ` ${reset}`}`;
}

function printTable(reply: Json, io: KeysCommandIo): void {
  const keys = (isJsonObject(reply) ? (arrayAt(reply, 'data') ?? []) : []).filter(isJsonObject);
  const rows = [
    COLUMNS.map((column) => column.title),
    ...keys.map((key) => COLUMNS.map((column) => oneLine(column.of(key)))),
  ];
  const widths = COLUMNS.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  for (const row of rows)
    io.print(
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

/** A name is the users' text: it must not move the terminal's cursor. */
function oneLine(cell: string): string {
  return cell.replace(/\p{Cc}/gu, ' ');
}

function text(object: JsonObject | undefined, key: string): string {
  const value = object?.[key];
  return typeof value === 'string' ? value : typeof value === 'number' ? plainNumber(value) : '';
}

/** 1e-7 would not read as an amount of money. */
function plainNumber(value: number): string {
  return value.toFixed(9).replace(/\.?0+$/, '');
}
