/** `signalbox config check FILE`: the same findings as at start, without starting. */
import { formatListen } from '../config/listen.ts';
import { type KnownProvider, type LoadOutcome, loadSettings } from '../config/load.ts';
import { formatProblem } from '../config/problems.ts';
import { NO_POSTGRESQL, type ProviderSettings, type Settings } from '../config/settings.ts';

export interface ConfigCommandIo {
  write(text: string): void;
  readFile(path: string): Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ConfigCommandContext {
  readonly knownProviders: readonly KnownProvider[];
  readonly builtDialects: readonly string[];
  readonly readText?: (path: string) => string;
}

export const CONFIG_USAGE = `usage: signalbox config check FILE

Reads a configuration file as \`signalbox serve\` would and says everything that is wrong with it.
`;

/** Gives the exit code: 0 where the file would start, 1 where it would not. */
export async function configCommand(
  args: readonly string[],
  io: ConfigCommandIo,
  context: ConfigCommandContext,
): Promise<number> {
  const [action, file, ...rest] = args;
  if (action !== 'check' || file === undefined || rest.length > 0) {
    io.write(CONFIG_USAGE);
    return 2;
  }
  let text: string;
  try {
    text = await io.readFile(file);
  } catch (error) {
    io.write(`${file}: cannot be read: ${error instanceof Error ? error.message : 'unknown reason'}\n`);
    return 1;
  }
  const outcome = loadSettings({ file, text, env: io.env, flags: {}, ...context });
  if (outcome.ok && outcome.settings.databaseUrl !== null) {
    io.write(`${file}: ${NO_POSTGRESQL}\n`);
    return 1;
  }
  io.write(describeOutcome(file, outcome));
  return outcome.ok ? 0 : 1;
}

/** What `config check` and a refused start print. */
export function describeOutcome(file: string, outcome: LoadOutcome): string {
  if (outcome.ok)
    return `${[...outcome.notices.map((notice) => `note: ${notice}`), ...describe(outcome.settings)].join('\n')}\n`;
  const { problems } = outcome;
  const verdict = `${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}; nothing was started or changed.`;
  return `${[...problems.map(formatProblem), '', verdict].join('\n')}\n`;
}

function describe(settings: Settings): readonly string[] {
  const { listen, tls, providers, aliases } = settings;
  const width = Math.max(...providers.map(({ id }) => id.length));
  const aliasCount = Object.keys(aliases).length;
  return [
    `${settings.file ?? 'environment'} is sound. It would serve:`,
    `  listen     ${tls ? 'https' : 'http'}://${formatListen(listen)}`,
    `  data       ${settings.dataDirectory}`,
    `  catalogue  ${settings.publicCatalogue ? 'readable without a key' : 'needs a key'}`,
    ...(aliasCount > 0 ? [`  aliases    ${aliasCount}`] : []),
    '  providers',
    ...providers.map((provider) => `    ${provider.id.padEnd(width)}  ${describeProvider(provider)}`),
  ];
}

function describeProvider({ baseUrl, dialect, otherDialects, models }: ProviderSettings): string {
  const offered =
    models === null ? 'every model of the catalogue' : `${models.length} ${models.length === 1 ? 'model' : 'models'}`;
  // A list narrows what is spoken to it, so that the whole of it is worth saying.
  const spoken = otherDialects === null ? dialect : [dialect ?? 'its usual grammar', ...otherDialects].join(' and ');
  const extra = [spoken, baseUrl === null ? null : `at ${baseUrl}`].filter((part) => part !== null).join(' ');
  return extra ? `${offered}, ${extra}` : offered;
}
