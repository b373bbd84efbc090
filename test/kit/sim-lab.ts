/** The simulated provider behind every grammar spoken upstream: each client test walks its cases through all of them. */
import type { SimDialect } from '../../src/providers/sim/grammar.ts';
import { simModelNames } from '../../src/providers/sim/models.ts';
import { type Gateway, startGateway } from './start-gateway.ts';

export interface Upstream {
  readonly dialect: SimDialect;
  /** Version segment of the grammar's owner. */
  readonly version: string;
  /** Which models are simulated, where the grammar's host serves several makers' and tells by the names what they take. */
  readonly family?: string;
  /** What the grammar calls a natural end and a call of tools. */
  readonly nativeStop: string;
  readonly nativeToolCalls: string;
  /** The reason to finish stands in the terminator or is it, or every host sends that: a stream that lacks it is cut off. */
  readonly finishEnds: boolean;
  /** `format` of its reasoning details. */
  readonly reasoningFormat: string;
  /** What the grammar has no words for, by the conformance case: such a request is refused, or told as absent. */
  readonly cannot?: Readonly<Record<string, string>>;
}

/** The grammars that each client's tests walk through: one of each kind, as the others differ from them in no client's eyes. */
export const upstreams: readonly Upstream[] = [
  {
    dialect: 'openai-chat',
    version: 'v1',
    nativeStop: 'stop',
    nativeToolCalls: 'tool_calls',
    finishEnds: false,
    reasoningFormat: 'unknown',
  },
  {
    dialect: 'anthropic-messages',
    version: 'v1',
    nativeStop: 'end_turn',
    nativeToolCalls: 'tool_use',
    finishEnds: true,
    reasoningFormat: 'anthropic-claude-v1',
  },
  {
    dialect: 'gemini',
    version: 'v1beta',
    nativeStop: 'STOP',
    nativeToolCalls: 'STOP',
    finishEnds: true,
    reasoningFormat: 'google-gemini-v1',
  },
];

/** Every grammar spoken upstream: what must hold of each, whoever the client is, walks through these. */
export const everyUpstream: readonly Upstream[] = [
  ...upstreams,
  {
    dialect: 'openai-responses',
    version: 'v1',
    nativeStop: 'completed',
    nativeToolCalls: 'completed',
    finishEnds: true,
    reasoningFormat: 'openai-responses-v1',
  },
  {
    dialect: 'bedrock-converse',
    version: '',
    family: 'anthropic.claude-sonnet-4-6',
    nativeStop: 'end_turn',
    nativeToolCalls: 'tool_use',
    finishEnds: true,
    reasoningFormat: 'anthropic-claude-v1',
  },
  {
    dialect: 'cohere',
    version: 'v2',
    nativeStop: 'COMPLETE',
    nativeToolCalls: 'TOOL_CALL',
    finishEnds: true,
    reasoningFormat: 'unknown',
    cannot: { 'PDF in': 'the upstream takes no PDF: the endpoint is passed over, 404 where no other is left' },
  },
  {
    dialect: 'ollama',
    version: '',
    nativeStop: 'stop',
    nativeToolCalls: 'stop',
    finishEnds: true,
    reasoningFormat: 'unknown',
    cannot: {
      'PDF in': 'the upstream takes no PDF: the endpoint is passed over, 404 where no other is left',
      refusal: 'the upstream has no word for a refusal',
      'usage with cache': 'the upstream does not tell cached tokens',
    },
  },
];

/** USD per token of every simulated chat model. */
export const SIM_PRICE = { prompt: 0.000001, completion: 0.000002 } as const;

/** How this grammar's host calls a simulated model: `echo`, with options `echo?cut=1`. */
export function upstreamName({ family }: Upstream, name: string): string {
  return family === undefined ? `sim/${name}` : `${family}.sim/${name}`;
}

/** Lines of the simulated provider's entry in this grammar. */
export function simEntry(upstream: Upstream, host = 'sim://lab'): string {
  const { dialect, version, family } = upstream;
  const renamed = simModelNames.map((name) => `{ id: sim/${name}, upstream: ${upstreamName(upstream, name)} }`);
  return `dialect: ${dialect}, base_url: "${host}/${version}"${family === undefined ? '' : `, models: [${renamed.join(', ')}]`}`;
}

/**
 * A gateway whose simulated provider speaks this grammar; faults are asked for by model name, `sim/echo?status=503`.
 * @param host where the simulated provider is: in process, or a real socket
 * @param settings more lines of the configuration
 */
export function startGatewayTo(upstream: Upstream, host = 'sim://lab', settings = ''): Promise<Gateway> {
  return startGateway({ config: `providers:\n  sim: { ${simEntry(upstream, host)} }\n${settings}\n` });
}
