/**
 * The simulated models as catalogue rows. Plain data in the shape of catalog/model.ts (providers may not import the
 * catalogue): whoever lists them lets the compiler compare the two.
 */
import type { WholeKind } from '../../core/exchange-kind.ts';
import type { Pricing } from '../../core/pricing.ts';

type Modality = 'text' | 'image' | 'file' | 'audio' | 'video' | WholeKind;

export interface SimModel {
  readonly id: string;
  readonly canonicalSlug: string;
  readonly name: string;
  readonly createdSeconds: number;
  readonly description: string;
  readonly inputModalities: readonly Modality[];
  readonly outputModalities: readonly Modality[];
  readonly tokenizer: string;
  readonly knowledgeCutoff: string | null;
  readonly expirationDate: string | null;
  readonly openWeights: boolean;
  readonly reasoning?: {
    readonly mandatory: boolean;
    readonly defaultEnabled: boolean;
    readonly efforts: readonly string[] | null;
    readonly budget: boolean;
  };
  readonly limits: Readonly<Record<never, never>>;
  readonly source: { readonly name: string; readonly date: string };
}

export interface SimEndpoint {
  readonly id: string;
  readonly modelId: string;
  readonly providerId: string;
  readonly upstreamModel: string;
  readonly tag: string;
  readonly contextLength: number;
  readonly maxOutputTokens: number | null;
  readonly maxPromptTokens: number | null;
  readonly quantization: string | null;
  readonly supportedParameters: readonly string[];
  readonly inputModalities: readonly Modality[];
  readonly outputModalities: readonly Modality[];
  readonly pricing: Pricing;
  readonly supportsImplicitCaching: boolean;
  readonly source: { readonly name: string; readonly date: string };
}

export type SimModelName = 'echo' | 'lorem' | 'tools' | 'reasoner' | 'json' | 'vision' | 'agent' | SimWholeName;
/** Models that hold no conversation. */
export type SimWholeName = 'embed' | 'rerank' | 'moderation';

interface Row {
  readonly name: SimModelName;
  readonly title: string;
  readonly description: string;
  readonly input: readonly Modality[];
  readonly output: readonly Modality[];
  readonly parameters: readonly string[];
  /** Absent = that of conversations. */
  readonly pricing?: Pricing;
}

const TEXT: readonly Modality[] = ['text'];
const EVERY_INPUT: readonly Modality[] = ['text', 'image', 'file', 'audio', 'video'];
const COMMON = ['max_tokens', 'stop', 'seed', 'temperature', 'top_p', 'logprobs'];
const TOOLS = ['tools', 'tool_choice', 'parallel_tool_calls'];

const ROWS: readonly Row[] = [
  {
    name: 'echo',
    title: 'Echo',
    description: 'Answers with the last thing the user said.',
    input: TEXT,
    output: TEXT,
    parameters: COMMON,
  },
  {
    name: 'lorem',
    title: 'Lorem',
    description: 'Filler text: as long as asked ("200 tokens"), else as max_tokens allows.',
    input: TEXT,
    output: TEXT,
    parameters: COMMON,
  },
  {
    name: 'tools',
    title: 'Tools',
    description:
      'Calls the first offered tool with arguments built from its schema (sim/tools?calls=2 calls two at once); given a tool result, it quotes it.',
    input: TEXT,
    output: TEXT,
    parameters: [...COMMON, ...TOOLS],
  },
  {
    name: 'reasoner',
    title: 'Reasoner',
    description:
      'Reasons before it answers, signed where the grammar signs reasoning; on a later turn it says whether the reasoning came back unmodified.',
    input: TEXT,
    output: TEXT,
    parameters: [...COMMON, ...TOOLS, 'reasoning', 'include_reasoning'],
  },
  {
    name: 'json',
    title: 'JSON',
    description: 'Answers with a value that matches response_format.',
    input: TEXT,
    output: TEXT,
    parameters: [...COMMON, ...TOOLS, 'response_format', 'structured_outputs'],
  },
  {
    name: 'vision',
    title: 'Vision',
    description: 'Says which images, files and sounds it received: type, size and name.',
    input: EVERY_INPUT,
    output: TEXT,
    parameters: [...COMMON, ...TOOLS],
  },
  {
    name: 'agent',
    title: 'Agent',
    description:
      'Works through tool calls that the user lists as SIM_STEPS=[{"tool": …, "input": {…}}] on one line, one a turn: leads an agent through a task.',
    input: EVERY_INPUT,
    output: TEXT,
    parameters: [...COMMON, ...TOOLS, 'reasoning', 'include_reasoning'],
  },
  {
    name: 'embed',
    title: 'Embed',
    description: 'Embeddings that depend on nothing but the text: equal texts, equal vectors.',
    input: TEXT,
    output: ['embeddings'],
    parameters: ['dimensions', 'encoding_format'],
    pricing: { prompt: 1_000_000n, completion: 0n, overrides: [] },
  },
  {
    name: 'rerank',
    title: 'Rerank',
    description: 'Scores documents by how many words of the query they have.',
    input: TEXT,
    output: ['rerank'],
    parameters: [],
    pricing: { prompt: 0n, completion: 0n, request: 2_000_000_000n, overrides: [] },
  },
  {
    name: 'moderation',
    title: 'Moderation',
    description: 'Flags texts with words of harm: kill, hurt, hate, and the like.',
    input: ['text', 'image'],
    output: ['moderation'],
    parameters: [],
    pricing: { prompt: 0n, completion: 0n, overrides: [] },
  },
];

const CONTEXT_LENGTH = 1_000_000;
const SOURCE = { name: 'signalbox', date: '2026-11-21' } as const;
/** 2026-11-21T00:00:00Z. */
const CREATED_SECONDS = 1_795_219_200;

/** Made up, simple and not zero, so that a newcomer sees costs: 1 and 2 USD per million tokens. */
const PRICING: Pricing = {
  prompt: 1_000_000n,
  completion: 2_000_000n,
  inputCacheRead: 100_000n,
  inputCacheWrite: 1_250_000n,
  overrides: [],
};

export const simModelNames: readonly SimModelName[] = ROWS.map((row) => row.name);

export const isSimModelName = (name: string): name is SimModelName => ROWS.some((row) => row.name === name);

export const simModels: readonly SimModel[] = ROWS.map((row) => ({
  id: `sim/${row.name}`,
  canonicalSlug: `sim/${row.name}-20261121`,
  name: `Sim: ${row.title}`,
  createdSeconds: CREATED_SECONDS,
  description: row.description,
  inputModalities: row.input,
  outputModalities: row.output,
  tokenizer: 'Other',
  knowledgeCutoff: null,
  expirationDate: null,
  openWeights: false,
  ...(row.name === 'reasoner'
    ? {
        reasoning: { mandatory: false, defaultEnabled: true, efforts: ['none', 'low', 'medium', 'high'], budget: true },
      }
    : {}),
  limits: {},
  source: SOURCE,
}));

export const simEndpoints: readonly SimEndpoint[] = ROWS.map((row) => ({
  id: `sim|sim/${row.name}`,
  modelId: `sim/${row.name}`,
  providerId: 'sim',
  upstreamModel: `sim/${row.name}`,
  tag: 'sim',
  contextLength: CONTEXT_LENGTH,
  maxOutputTokens: row.pricing ? null : CONTEXT_LENGTH,
  maxPromptTokens: null,
  quantization: null,
  supportedParameters: row.parameters,
  inputModalities: row.input,
  outputModalities: row.output,
  pricing: row.pricing ?? PRICING,
  supportsImplicitCaching: false,
  source: SOURCE,
}));
