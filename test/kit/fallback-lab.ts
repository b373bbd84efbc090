/** Two providers of the same models: the first one of each grammar fails as the model's name says, the second answers. */
import { upstreams } from './sim-lab.ts';

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
export const faultNames = Object.keys(FAULTS).filter((name): name is Fault => name in FAULTS);

export type Form = 'stream' | 'whole';
const FORMS: readonly Form[] = ['stream', 'whole'];

/** An id of its own per form, because a failure rests the endpoint. */
export const modelOf = (dialect: string, fault: Fault, form: Form): string => `lab/${dialect}-${fault}-${form}`;
export const firstOf = (dialect: string): string => `First ${dialect}`;

const CHEAP = '{ prompt: "0.000001", completion: "0.000002" }';
const DEAR = '{ prompt: "0.000003", completion: "0.000006" }';

/** The configuration: timeouts short, so that silence is noticed soon. */
export function fallbackConfig(): string {
  const timeouts = 'timeouts: { first_byte_ms: 250, idle_ms: 250, total_ms: 400 }';
  const named = (dialect: string) =>
    faultNames.flatMap((fault) => FORMS.map((form) => ({ id: modelOf(dialect, fault, form), fault })));
  const firsts = upstreams.map(({ dialect, version }) => {
    const models = named(dialect).map(
      ({ id, fault }) => `      - { id: ${id}, upstream: "echo?${FAULTS[fault]}", pricing: ${CHEAP} }`,
    );
    return `  ${dialect}-first:
    name: ${firstOf(dialect)}
    dialect: ${dialect}
    base_url: "sim://first/${version}"
    api_key: none
    ${timeouts}
    models:
${models.join('\n')}`;
  });
  const models = upstreams
    .flatMap(({ dialect }) => named(dialect))
    .map(({ id }) => `      - { id: ${id}, upstream: echo, pricing: ${DEAR} }`);
  return `commit_after_ms: 2000
providers:
${firsts.join('\n')}
  second:
    name: Second
    dialect: openai-chat
    base_url: "sim://second/v1"
    api_key: none
    models:
${models.join('\n')}
`;
}
