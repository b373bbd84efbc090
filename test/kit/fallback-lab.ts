/**
 * Two providers of the same models, for every grammar: the first one fails as the model's name says, the second answers in
 * another grammar.
 */
import { everyUpstream, type Upstream, upstreamName, upstreams } from './sim-lab.ts';

/** What the first provider does, as the simulator's options (src/providers/sim/faults.ts). */
export const FAULTS = {
  'rate-limited': 'status=429&retry_after=9',
  'internal-error': 'status=500',
  'bad-gateway': 'status=502',
  unavailable: 'status=503',
  overloaded: 'status=529',
  'credential-refused': 'status=401',
  'out-of-funds': 'status=402',
  'unknown-model': 'status=404',
  garbage: 'garbage=1',
  'empty-body': 'empty_body',
  'error-with-200': 'error200',
  'error-first': 'error_after=0',
  'cut-first': 'cut=20',
  'dropped-first': 'drop=20',
  'reset-first': 'reset=20',
  'silent-after-head': 'stall=0',
  'no-first-byte': 'first_byte_ms=60000',
} as const;

export type Fault = keyof typeof FAULTS;
const faultNames = Object.keys(FAULTS).filter((name): name is Fault => name in FAULTS);

export type Form = 'stream' | 'whole';
const FORMS: readonly Form[] = ['stream', 'whole'];

/** Of the added grammars only what their own readers must notice, and a status: the rest hangs on the code alone. */
const NOTICED: readonly Fault[] = ['unavailable', 'garbage', 'error-first', 'cut-first', 'silent-after-head'];
export const faultsOf = (first: Upstream): readonly Fault[] => (upstreams.includes(first) ? faultNames : NOTICED);

/** Who answers in the place of a first one: the next in the list, so that each grammar is left and each is gone to. */
export function secondOf(first: Upstream): Upstream {
  const second = everyUpstream[(everyUpstream.indexOf(first) + 1) % everyUpstream.length];
  if (!second) throw new Error('no grammars');
  return second;
}

/** An id of its own per form, because a failure rests the endpoint. */
export const modelOf = (dialect: string, fault: Fault, form: Form): string => `lab/${dialect}-${fault}-${form}`;
export const firstName = (dialect: string): string => `First ${dialect}`;
export const secondName = (dialect: string): string => `Second ${dialect}`;

const CHEAP = '{ prompt: "0.000001", completion: "0.000002" }';
const DEAR = '{ prompt: "0.000003", completion: "0.000006" }';

/** The configuration for these first ones: their timeouts short, so that silence is noticed soon. */
export function fallbackConfig(firsts: readonly Upstream[]): string {
  return `commit_after_ms: 2000\nproviders:\n${firsts.map(pairOf).join('')}`;
}

/** A provider that fails in this grammar, and the one that answers in the next. */
function pairOf(first: Upstream): string {
  const { dialect } = first;
  const second = secondOf(first);
  const named = faultsOf(first).flatMap((fault) => FORMS.map((form) => ({ id: modelOf(dialect, fault, form), fault })));
  const entry = (name: string, { dialect, version }: Upstream, models: readonly string[], more = ''): string =>
    `{ name: ${name}, dialect: ${dialect}, base_url: "sim://lab/${version}", api_key: none${more}, models: [${models.join(', ')}] }`;
  const failing = named.map(
    ({ id, fault }) => `{ id: ${id}, upstream: "${upstreamName(first, `echo?${FAULTS[fault]}`)}", pricing: ${CHEAP} }`,
  );
  const well = named.map(({ id }) => `{ id: ${id}, upstream: "${upstreamName(second, 'echo')}", pricing: ${DEAR} }`);
  const timeouts = ', timeouts: { first_byte_ms: 250, idle_ms: 250, total_ms: 400 }';
  return (
    `  ${dialect}-first: ${entry(firstName(dialect), first, failing, timeouts)}\n` +
    `  ${dialect}-second: ${entry(secondName(dialect), second, well)}\n`
  );
}
