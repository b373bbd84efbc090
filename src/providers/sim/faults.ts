/**
 * Faults and shapes on demand, chosen by the model's name so that any client can ask for one:
 * `sim/echo?first_byte_ms=500&cut=120`. Read strictly: a misspelt fault must not pass as a healthy answer.
 */
import { SimRefusal } from './prompt.ts';

/** What each option means; also the text of the refusal that lists them. */
export const SIM_OPTIONS = {
  // ---- time ----
  first_byte_ms: { value: 'count', meaning: 'wait this long before the response head' },
  first_frame_ms: { value: 'count', meaning: 'send the head at once, wait this long before the first frame' },
  token_ms: { value: 'count', meaning: 'wait this long before each content frame' },
  stall: { value: 'count', meaning: 'after n content frames (a whole reply: after its head) say nothing more' },
  // ---- broken connections ----
  cut: { value: 'count', meaning: 'the body ends cleanly after byte n, as when a proxy in between closes it properly' },
  drop: { value: 'count', meaning: 'the connection is closed after byte n without the end of the body' },
  reset: { value: 'count', meaning: 'the connection is reset after byte n' },
  // ---- wrong bytes ----
  garbage: { value: 'count', meaning: 'content frame n (from 1) is no JSON; a whole reply is none' },
  empty: { value: 'flag', meaning: 'the answer has no content' },
  empty_body: { value: 'flag', meaning: 'status 200 and not one byte' },
  no_done: { value: 'flag', meaning: 'the stream ends without its terminator' },
  no_stream: { value: 'flag', meaning: 'a stream request is answered whole' },
  force_stream: { value: 'flag', meaning: 'a whole request is answered with a stream' },
  comments: { value: 'flag', meaning: 'a comment before each content frame, where the framing has comments' },
  split: { value: 'positive', meaning: 'the bytes arrive in pieces of n' },
  // ---- errors ----
  status: { value: 'status', meaning: 'answer with this error status and the body the grammar has for it' },
  retry_after: { value: 'count', meaning: 'seconds to wait, said with an error status' },
  error200: { value: 'flag', meaning: 'status 200 with an error body' },
  error_after: { value: 'count', meaning: 'an error event after n content frames' },
  // ---- the answer ----
  over: { value: 'positive', meaning: 'deliver n tokens more than max_tokens allows' },
  usage: { value: 'usage', meaning: 'absent, odd, twice or negative' },
  finish: { value: 'finish', meaning: 'length or content_filter' },
  frames: { value: 'positive', meaning: 'the text comes in n content frames' },
  bytes: { value: 'positive', meaning: 'the text has n bytes' },
  tokens: { value: 'positive', meaning: 'sim/lorem: length of the text in tokens' },
  calls: { value: 'count', meaning: 'sim/tools, sim/reasoner: how many tools to call at once' },
  cached: { value: 'count', meaning: 'prompt tokens reported as read from a cache' },
  cache_write: { value: 'count', meaning: 'prompt tokens reported as written to a cache' },
  // ---- counted ----
  times: { value: 'positive', meaning: 'only the first n requests with the same key get the faults' },
  key: { value: 'text', meaning: 'the name under which times counts' },
} as const;

type OptionName = keyof typeof SIM_OPTIONS;

export type UsageFault = 'absent' | 'odd' | 'twice' | 'negative';
export type FinishFault = 'length' | 'content_filter';

/** Counts and flags as read; `null` = not asked for. */
export interface SimOptions {
  readonly counts: ReadonlyMap<OptionName, number>;
  readonly flags: ReadonlySet<OptionName>;
  readonly usage: UsageFault | null;
  readonly finish: FinishFault | null;
  readonly key: string | null;
}

export const NO_OPTIONS: SimOptions = { counts: new Map(), flags: new Set(), usage: null, finish: null, key: null };

/** What survives once `times` is used up: the shape of the answer stays, the faults go. */
const SHAPES: ReadonlySet<OptionName> = new Set(['frames', 'bytes', 'tokens', 'calls', 'cached', 'cache_write']);

const ERROR_STATUSES = [400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 502, 503, 504, 529];
/** Larger numbers would only make the simulator itself the problem. */
const MAX_COUNT = 50_000_000;

/**
 * `sim/echo?cut=120`, `echo`, `models/echo` → the model's own name and its options. A maker's name may stand before it, as
 * hosts that serve several makers tell by it what a model takes: `anthropic.claude-sonnet-4-6.sim/echo`. @throws SimRefusal
 */
export function parseModelName(written: string): { readonly name: string; readonly options: SimOptions } {
  const question = written.indexOf('?');
  const name = (question < 0 ? written : written.slice(0, question))
    .replace(/^models\//, '')
    .replace(/^(?:[a-z0-9.-]+\.)?sim\//, '');
  return { name, options: question < 0 ? NO_OPTIONS : parseOptions(written.slice(question + 1)) };
}

/** @throws SimRefusal naming the known options */
export function parseOptions(query: string): SimOptions {
  const counts = new Map<OptionName, number>();
  const flags = new Set<OptionName>();
  let usage: UsageFault | null = null;
  let finish: FinishFault | null = null;
  let key: string | null = null;
  for (const [name, text] of new URLSearchParams(query)) {
    if (!isOptionName(name)) throw unknownOption(name);
    const kind = SIM_OPTIONS[name].value;
    if (kind === 'flag') {
      if (text !== '' && text !== '1' && text !== 'true') throw badValue(name, text, 'nothing, 1 or true');
      flags.add(name);
    } else if (kind === 'usage') usage = parseUsageFault(text);
    else if (kind === 'finish') finish = parseFinishFault(text);
    else if (kind === 'text') key = text;
    else counts.set(name, parseCount(name, kind, text));
  }
  if (counts.has('times') && key === null)
    throw badValue('times', String(counts.get('times')), 'a key beside it: key=<name>');
  return { counts, flags, usage, finish, key };
}

/** The options of a request that is no longer one of the first `times`. */
export function withoutFaults(options: SimOptions): SimOptions {
  const counts = new Map([...options.counts].filter(([name]) => SHAPES.has(name)));
  return { ...NO_OPTIONS, counts };
}

const isOptionName = (name: string): name is OptionName => Object.hasOwn(SIM_OPTIONS, name);

function parseCount(name: OptionName, kind: 'count' | 'positive' | 'status', text: string): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (kind === 'status') {
    if (!ERROR_STATUSES.includes(number)) throw badValue(name, text, `one of ${ERROR_STATUSES.join(', ')}`);
  } else if (!(number >= (kind === 'positive' ? 1 : 0) && number <= MAX_COUNT)) {
    throw badValue(name, text, `a whole number from ${kind === 'positive' ? 1 : 0} to ${MAX_COUNT}`);
  }
  return number;
}

function parseUsageFault(text: string): UsageFault {
  if (text === 'absent' || text === 'odd' || text === 'twice' || text === 'negative') return text;
  throw badValue('usage', text, 'absent, odd, twice or negative');
}

function parseFinishFault(text: string): FinishFault {
  if (text === 'length' || text === 'content_filter') return text;
  throw badValue('finish', text, 'length or content_filter');
}

function unknownOption(name: string): SimRefusal {
  const known = Object.entries(SIM_OPTIONS).map(([option, { meaning }]) => `${option} (${meaning})`);
  return new SimRefusal(400, `"${name}" is no option of a simulated model. Known: ${known.join('; ')}.`, 'model');
}

const badValue = (name: OptionName, text: string, wanted: string): SimRefusal =>
  new SimRefusal(400, `The simulated model's option ${name}=${text} needs ${wanted}.`, 'model');
