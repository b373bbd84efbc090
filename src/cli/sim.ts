/** `signalbox sim`: the simulated provider as a server of its own (sim-server.ts). */
import { serveSim } from './sim-server.ts';

export interface SimCommandIo {
  out(text: string): void;
  err(text: string): void;
  /** Aborted when the command shall end. */
  readonly signal: AbortSignal;
}

export const SIM_USAGE = `usage: signalbox sim --listen HOST:PORT [--log FILE] [--seed N]

Serves the simulated provider over HTTP until interrupted:
  POST /v1/chat/completions, /v1/embeddings           OpenAI's grammar
  POST /v1/responses                                  OpenAI's Responses
  POST /v1/messages                                   Anthropic's
  POST /v1beta/models/MODEL:generateContent           Gemini's (:streamGenerateContent too)
  POST /model/MODEL/converse                          Amazon Bedrock's (/converse-stream too)
  POST /v2/chat, /api/chat                            Cohere's, Ollama's
  GET  /v1/models, /_log
Models: sim/echo, sim/lorem, sim/tools, sim/reasoner, sim/json, sim/vision, sim/agent, sim/embed,
        sim/rerank, sim/moderation.
Faults stand in the model's name, e.g. sim/echo?status=429&retry_after=2; a wrong one lists them all.
--log appends one JSON line per event; --seed changes the ids.
`;

/** The exit code: 0 after an interrupt, 2 for a wrong command line, 1 where the address cannot be had. */
export async function simCommand(args: readonly string[], io: SimCommandIo): Promise<number> {
  const options = parseArguments(args);
  if (typeof options === 'string') {
    io.err(`signalbox sim: ${options}\n\n${SIM_USAGE}`);
    return 2;
  }
  try {
    const server = await serveSim(options);
    io.out(`simulated provider on http://${server.host}:${server.port}\n`);
    await new Promise<void>((resolve) => {
      if (io.signal.aborted) resolve();
      else io.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await server.close();
    return 0;
  } catch (error) {
    io.err(`signalbox sim: cannot serve on ${options.host}:${options.port}: ${String(error)}\n`);
    return 1;
  }
}

/** The options, or what is wrong. */
function parseArguments(args: readonly string[]) {
  let listen: string | undefined;
  let logFile: string | null = null;
  let seed = 0;
  for (let i = 0; i < args.length; i++) {
    const [flag = '', inline] = splitFlag(args[i] ?? '');
    if (flag !== '--listen' && flag !== '--log' && flag !== '--seed') return `unknown argument ${flag}`;
    const value = inline ?? args[++i];
    if (value === undefined || value === '') return `${flag} needs a value`;
    if (flag === '--listen') listen = value;
    else if (flag === '--log') logFile = value;
    else if (/^\d{1,9}$/.test(value)) seed = Number(value);
    else return '--seed needs a whole number';
  }
  if (listen === undefined) return '--listen HOST:PORT is missing';
  const address = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(listen);
  const port = Number(address?.[3]);
  if (!address || port > 65_535) return `--listen ${listen} is not HOST:PORT`;
  return { host: address[1] ?? (address[2] || '127.0.0.1'), port, logFile, seed };
}

function splitFlag(argument: string): readonly [string, string | undefined] {
  const equals = argument.startsWith('--') ? argument.indexOf('=') : -1;
  return equals < 0 ? [argument, undefined] : [argument.slice(0, equals), argument.slice(equals + 1)];
}
