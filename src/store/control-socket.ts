/**
 * How a command reaches the server that holds the data folder: a unix socket for its owner alone, a JSON line each way
 * (`{"command":"keys.list","args":{}}` → `{"ok":true,"result":…}`), one exchange per connection.
 */
import { chmodSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ERRORS, type ErrorCode, GatewayError, toGatewayError } from '../core/errors.ts';
import { isJsonObject, type Json, objectAt, stringAt } from '../core/json.ts';

/** Answers a command; a GatewayError it throws arrives at the other side as one. */
export type ControlHandler = (command: string, args: Json) => Promise<Json>;

export interface ControlServer {
  close(): void;
}

/** The kernel's limit for a socket's path is 108 bytes with its end (unix(7)); 104 on BSD. */
const MAX_PATH_BYTES = 103;
const MAX_COMMAND_BYTES = 1024 * 1024;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Folders made here for a socket alone. */
const madeFolders = new Set<string>();

/** Where a folder's server listens: inside it, or in a private folder of its own where that path would be too long. */
export function controlSocketPath(dataDirectory: string): string {
  // Absolute: a command may be run from another directory than the server was.
  const path = resolve(dataDirectory, 'control.sock');
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return path;
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-control-'));
  madeFolders.add(folder);
  return join(folder, 'control.sock');
}

/** Listens for commands. The caller holds the folder's lock, so a file left there by a killed server is nobody's. */
export function listenControl(path: string, handler: ControlHandler): ControlServer {
  rmSync(path, { force: true });
  const server = Bun.listen<{ readonly lines: LineBuffer; readonly outgoing: Outgoing }>({
    unix: path,
    socket: {
      open(socket) {
        socket.data = { lines: createLineBuffer(MAX_COMMAND_BYTES), outgoing: createOutgoing(() => socket.end()) };
      },
      data(socket, bytes) {
        const { lines, outgoing } = socket.data;
        const line = lines.push(bytes);
        if (line === 'too-long') outgoing.send(socket, encodeFailure(TOO_LONG));
        else if (line !== null) void answer(line, handler).then((reply) => outgoing.send(socket, reply));
      },
      drain: (socket) => socket.data.outgoing.write(socket),
    },
  });
  // Before this line only the folder's own mode (0700) keeps others out.
  chmodSync(path, 0o600);
  return {
    close() {
      server.stop(true);
      rmSync(path, { force: true });
      // The folder that was made for the socket alone goes with it. Only if it is empty: rmdir never takes a file along.
      if (madeFolders.delete(dirname(path))) rmdirSync(dirname(path));
    },
  };
}

/**
 * Sends one command and waits for its answer.
 * @throws GatewayError as the handler threw it, or `gateway.unavailable` where nobody answers
 */
export async function sendControl(path: string, command: string, args: Json, timeoutMs = 15_000): Promise<Json> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const unanswered = (reason: string) =>
    reject(new GatewayError('gateway.unavailable', `The running server ${reason}.`));
  const timer = setTimeout(() => unanswered(`gave no answer within ${timeoutMs} ms`), timeoutMs);
  const lines = createLineBuffer(MAX_ANSWER_BYTES);
  const outgoing = createOutgoing(() => {});
  const socket = await Bun.connect<undefined>({
    unix: path,
    socket: {
      open: (opened) => outgoing.send(opened, `${JSON.stringify({ command, args })}\n`),
      drain: (opened) => outgoing.write(opened),
      data(_, bytes) {
        const line = lines.push(bytes);
        if (line === 'too-long') unanswered('gave an answer that is too long');
        else if (line !== null) resolve(line);
      },
      close: () => unanswered('closed the connection without an answer'),
      error: (_, error) => unanswered(`could not be asked: ${error.message}`),
    },
  });
  try {
    return decodeReply(JSON.parse(await promise));
  } finally {
    clearTimeout(timer);
    socket.end();
  }
}

/** Whether a server answers at this path. */
export async function isListening(path: string): Promise<boolean> {
  try {
    const socket = await Bun.connect<undefined>({ unix: path, socket: { data() {} } });
    socket.end();
    return true;
  } catch {
    // No file, or nobody behind it: whatever the reason, nobody listens.
    return false;
  }
}

const TOO_LONG = new GatewayError('client.too_large', `The command is longer than ${MAX_COMMAND_BYTES} bytes.`);

async function answer(line: string, handler: ControlHandler): Promise<string> {
  try {
    const request = parseRequest(line);
    return `${JSON.stringify({ ok: true, result: await handler(request.command, request.args) })}\n`;
  } catch (error) {
    return encodeFailure(toGatewayError(error));
  }
}

function parseRequest(line: string): { readonly command: string; readonly args: Json } {
  try {
    const parsed: Json = JSON.parse(line);
    const command = isJsonObject(parsed) ? stringAt(parsed, 'command') : undefined;
    if (isJsonObject(parsed) && command !== undefined) return { command, args: parsed['args'] ?? {} };
  } catch {
    // Told below, as for any other shape.
  }
  throw new GatewayError('client.invalid_request', 'Not a command: expected a line {"command": …, "args": …}.');
}

function encodeFailure(error: GatewayError): string {
  return `${JSON.stringify({ ok: false, error: { code: error.code, message: error.message, field: error.details.field } })}\n`;
}

function decodeReply(reply: Json): Json {
  if (!isJsonObject(reply))
    throw new GatewayError('gateway.unavailable', 'The running server gave no readable answer.');
  if (reply['ok'] === true) return reply['result'] ?? null;
  const error = objectAt(reply, 'error') ?? {};
  const field = stringAt(error, 'field');
  const code = stringAt(error, 'code') ?? '';
  throw new GatewayError(
    isErrorCode(code) ? code : 'gateway.internal',
    stringAt(error, 'message') ?? 'The running server refused without a reason.',
    field === undefined ? {} : { field },
  );
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

type LineBuffer = ReturnType<typeof createLineBuffer>;

/** Gathers bytes up to the first line end. */
function createLineBuffer(maxBytes: number) {
  const decoder = new TextDecoder();
  let text = '';
  let bytesSeen = 0;
  return {
    push(bytes: Uint8Array): string | 'too-long' | null {
      bytesSeen += bytes.length;
      if (bytesSeen > maxBytes) return 'too-long';
      text += decoder.decode(bytes, { stream: true });
      const end = text.indexOf('\n');
      return end === -1 ? null : text.slice(0, end);
    },
  };
}

interface Writable {
  write(bytes: Uint8Array): number;
}
type Outgoing = ReturnType<typeof createOutgoing>;

/** Writes a text as the socket takes it: one write may take only a part, the rest goes when the socket drains. */
function createOutgoing(sent: () => void) {
  let rest: Uint8Array | null = null;
  const write = (socket: Writable) => {
    if (rest === null) return;
    rest = rest.subarray(Math.max(0, socket.write(rest)));
    if (rest.length > 0) return;
    rest = null;
    sent();
  };
  return {
    write,
    send(socket: Writable, text: string): void {
      rest = new TextEncoder().encode(text);
      write(socket);
    },
  };
}
