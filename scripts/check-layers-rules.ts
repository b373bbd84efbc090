/** The layers of src/ as data. ARCHITECTURE.md draws them; check-layers.ts holds every file to them. */

/** What each folder stands on directly. Arrows are transitive: who stands on `wire` may import `core`. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  wire: ['core'],
  dialects: ['wire'],
  providers: ['dialects'],
  catalog: ['core'],
  routing: ['catalog'],
  policies: ['core'],
  config: ['core'],
  vault: ['core'],
  ledger: ['core'],
  egress: ['core'],
  health: ['core'],
  sessions: ['core'],
  plugins: ['core'],
  'server-tools': ['plugins'],
  presets: ['core'],
  limits: ['core'],
  cache: ['core'],
  pipeline: [
    'providers',
    'routing',
    'policies',
    'config',
    'vault',
    'ledger',
    'egress',
    'health',
    'limits',
    'cache',
    'sessions',
    'plugins',
    'server-tools',
  ],
  server: ['pipeline', 'presets'],
  telemetry: ['pipeline'],
  cli: ['server'],
  store: ['ledger'],
  // The composition root: main.ts and the files it is split into.
  main: ['cli', 'store', 'telemetry'],
};

/** Files directly in src/, which together are the composition root. */
export const ROOT_LAYER = 'main';

/** Ports are defined where they are used: the store may import exactly these files above what it stands on. */
export const PORTS_OF_STORE: readonly string[] = [
  'src/cache/store.ts',
  'src/config/key-store.ts',
  'src/vault/store.ts',
  'src/presets/store.ts',
  'src/server/management/queries.ts',
];

/** Folders whose subfolders are siblings that do not import each other; `shared` is open to all of them. */
export const SIBLING_FOLDERS: readonly string[] = ['src/dialects', 'src/policies'];
export const SHARED_SIBLING = 'shared';

/** Layers without clock, environment, randomness and I/O, with the packages that are as pure as they are. */
export const PURE_LAYERS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  wire: ['@smithy/eventstream-codec'],
  dialects: ['zod'],
  routing: [],
};

/** Packages that belong to one layer. */
export const OWNED_PACKAGES: Readonly<Record<string, string>> = {
  'bun:sqlite': 'store',
  kysely: 'store',
  hono: 'server',
  yaml: 'config',
  unpdf: 'plugins',
  '@smithy/signature-v4': 'providers',
  jose: 'providers',
};

/** What a pure layer does not name, and what it takes instead. */
export const IMPURE: readonly { readonly what: string; readonly pattern: RegExp; readonly instead: string }[] = [
  { what: 'Date.now', pattern: /(?<![.\w$])Date\s*\.\s*now\b/, instead: 'take a Clock or a time as an argument' },
  { what: 'new Date()', pattern: /(?<![.\w$])new\s+Date\s*\(\s*\)/, instead: 'take a Clock or a time as an argument' },
  { what: 'performance', pattern: /(?<![.\w$])performance\s*\./, instead: 'take a Clock as an argument' },
  { what: 'a timer', pattern: /(?<![.\w$])set(?:Timeout|Interval|Immediate)\s*\(/, instead: 'let the pipeline wait' },
  { what: 'Math.random', pattern: /(?<![.\w$])Math\s*\.\s*random\b/, instead: 'take a Random as an argument' },
  { what: 'crypto', pattern: /(?<![.\w$])crypto\s*\./, instead: 'take the digest or the id as an argument' },
  { what: 'process', pattern: /(?<![.\w$])process\s*[.[]/, instead: 'take the value as an argument' },
  { what: 'fetch', pattern: /(?<![.\w$])fetch\s*\(/, instead: 'let the attempt send it through egress' },
  { what: 'console', pattern: /(?<![.\w$])console\s*\./, instead: 'return a note' },
  { what: 'Bun', pattern: /(?<![.\w$])Bun\s*\./, instead: 'take the value as an argument' },
  { what: 'globalThis', pattern: /(?<![.\w$])globalThis\b/, instead: 'take the value as an argument' },
];

/** Where vendor names belong. Tests may name anybody. */
export const VENDOR_FOLDERS: readonly string[] = [
  'src/dialects/',
  'src/providers/',
  'src/catalog/',
  'src/config/imports/',
];

/** Names beside the providers' ids and the catalogue's authors. */
export const MORE_VENDOR_NAMES: readonly string[] = [
  'gemini',
  'claude',
  'gpt',
  'google',
  'amazon',
  'bedrock',
  'vertex',
  'qwen',
  'llama',
  'grok',
  'moonshot',
  'kimi',
  'zhipu',
];

/** Names that are everyday English or code as well: a text search cannot tell, review must. */
export const ORDINARY_WORDS: readonly string[] = [
  'ambient',
  'inception',
  'jan',
  'lambda',
  'liquid',
  'meta',
  'modal',
  'modular',
  'morph',
  'relace',
  'seed',
  'sim', // ours
  'switchpoint',
  'together',
  'upstage',
  'writer',
];

export interface VendorException {
  /** A file, or a folder with its slash. */
  readonly path: string;
  readonly names: readonly string[];
  readonly because: string;
}

/** Where a name outside those folders is right, and why. An exception that nothing needs any more is reported. */
export const VENDOR_EXCEPTIONS: readonly VendorException[] = [
  {
    path: 'src/compose.ts',
    names: ['openai', 'anthropic', 'gemini', 'bedrock', 'cohere', 'ollama'],
    because: 'the composition root lists the dialects that are built in',
  },
  {
    path: 'src/server/',
    names: ['openrouter'],
    because: "OpenRouter's API is the contract that is served: its header and field names are part of it",
  },
  {
    path: 'src/server/',
    names: ['openai', 'anthropic', 'gemini'],
    because: 'a route names the grammar that its callers speak',
  },
  {
    path: 'src/server/openapi/',
    names: ['google'],
    because: 'the description of a route says whose form its key and its errors have',
  },
  {
    path: 'src/server-tools/',
    names: ['openrouter'],
    because: "the types of the tools that run in the gateway are OpenRouter's names for them",
  },
  {
    path: 'src/routing/',
    names: ['openrouter'],
    because: "an answer without an endpoint links OpenRouter's page on provider routing, as its contract says",
  },
  {
    path: 'src/plugins/options.ts',
    names: ['cloudflare', 'mistral'],
    because: "OpenRouter's names of the engines that read files are part of its contract",
  },
  {
    path: 'src/cli/catalog.ts',
    names: ['openrouter'],
    because: 'the command reads lists in the format of OpenRouter when the operator names one',
  },
  {
    path: 'src/cli/serve.ts',
    names: ['openai', 'anthropic', 'gemini', 'openrouter'],
    because: 'the first start tells a newcomer which variables switch providers on',
  },
  {
    path: 'src/cli/sim.ts',
    names: ['openai', 'anthropic', 'gemini', 'amazon', 'amazon-bedrock', 'bedrock', 'cohere', 'ollama'],
    because: 'its help text names the grammars that the simulated provider speaks',
  },
];
