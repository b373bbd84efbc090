/**
 * Every fault of the simulated provider (src/providers/sim/faults.ts), and what has to come of it: where it strikes before the
 * first content, and where it strikes in the middle of a stream.
 */
import type { ErrorCode } from '../../src/core/errors.ts';
import { everyUpstream, type Upstream } from './sim-lab.ts';
import { placeOf } from './sim-streams.ts';

export type Dialect = Upstream['dialect'];
export type Form = 'whole' | 'stream';

/** What the caller's text is; the simulator says it again, word by word. */
export const SAID = 'one two three four';
const SAID_TOKENS = 5;

export type Ending =
  /** The provider answers all the same. */
  | {
      readonly kind: 'answers';
      readonly text: string;
      readonly finish: string;
      /** Completion tokens. */
      readonly tokens: number;
      readonly isEstimated: boolean;
    }
  /** Nobody saw anything of its answer. More than one code or status where the kernel decides what is seen of a reset. */
  | {
      readonly kind: 'fails';
      readonly codes: readonly ErrorCode[];
      readonly statuses: readonly (number | null)[];
      readonly retryAfterSeconds: number | null;
    }
  /** Content had left when it broke. */
  | { readonly kind: 'breaks'; readonly code: ErrorCode; readonly text: string };

export interface FaultRow {
  readonly name: string;
  /** The simulator's options. */
  options(dialect: Dialect, form: Form): string;
  ending(dialect: Dialect, form: Form): Ending;
  /** Why a grammar's answer ends otherwise than that of most. */
  readonly unlike: Unlike;
  /** It is noticed by its silence: the provider's time limits are short. */
  readonly isSilent: boolean;
  readonly maxTokens: number;
}

// ---- endings ----

const answered = {
  kind: 'answers',
  text: SAID,
  finish: 'stop',
  tokens: SAID_TOKENS,
  isEstimated: false,
} as const;

function fails(code: ErrorCode, status: number | null = 200, retryAfterSeconds: number | null = null): Ending {
  return { kind: 'fails', codes: [code], statuses: [status], retryAfterSeconds };
}

/** Two words have left. */
function breaks(code: ErrorCode): Ending {
  return { kind: 'breaks', code, text: 'one two' };
}

/** A reset takes along what was received and not read yet, its head included. */
const RESET: Ending = {
  kind: 'fails',
  codes: ['provider.unreachable', 'provider.truncated'],
  statuses: [null, 200],
  retryAfterSeconds: null,
};

// ---- rows ----

type InEachForm = { readonly [F in Form]: Ending };

/** What a grammar says more or less of than most do, and what comes of it. */
type Unlike = Partial<Record<Dialect, { readonly because: string; readonly ending: InEachForm | Ending }>>;

function row(
  name: string,
  options: FaultRow['options'] | string,
  ending: InEachForm | Ending,
  unlike: Unlike = {},
): FaultRow {
  return {
    name,
    options: typeof options === 'string' ? () => options : options,
    ending(dialect, form) {
      const its = unlike[dialect]?.ending ?? ending;
      return 'kind' in its ? its : its[form];
    },
    unlike,
    isSilent: false,
    maxTokens: 64,
  };
}

const silent = (quiet: FaultRow): FaultRow => ({ ...quiet, isSilent: true });

/** @param words how a grammar's own words class the status, where they say more than it */
function refusal(status: number, code: ErrorCode, words: Partial<Record<Dialect, readonly [string, ErrorCode]>> = {}) {
  const unlike = Object.entries(words).map(([dialect, [because, own]]) => [
    dialect,
    { because, ending: fails(own, status) },
  ]);
  return row(`status ${status}`, `status=${status}`, fails(code, status), Object.fromEntries(unlike));
}

const API_ERROR = 'said as api_error, which is any failure';
const UNAVAILABLE = 'said as UNAVAILABLE';

const REFUSALS: readonly FaultRow[] = [
  refusal(400, 'provider.invalid_request'),
  refusal(401, 'provider.credential'),
  refusal(402, 'provider.payment_required', { gemini: ['said as RESOURCE_EXHAUSTED', 'provider.rate_limited'] }),
  refusal(403, 'provider.credential'),
  refusal(404, 'provider.not_found'),
  refusal(408, 'provider.timeout', {
    'anthropic-messages': [API_ERROR, 'provider.failed'],
    gemini: [UNAVAILABLE, 'provider.overloaded'],
  }),
  refusal(413, 'provider.too_large'),
  refusal(422, 'provider.unprocessable', {
    'anthropic-messages': ['said as invalid_request_error', 'provider.invalid_request'],
    gemini: ['said as INVALID_ARGUMENT', 'provider.invalid_request'],
  }),
  row('status 429 with a time', 'status=429&retry_after=9', fails('provider.rate_limited', 429, 9)),
  refusal(500, 'provider.failed'),
  refusal(502, 'provider.failed', { gemini: [UNAVAILABLE, 'provider.overloaded'] }),
  refusal(503, 'provider.overloaded', { 'anthropic-messages': [API_ERROR, 'provider.failed'] }),
  row('status 503 with a time', 'status=503&retry_after=4', fails('provider.overloaded', 503, 4), {
    'anthropic-messages': { because: API_ERROR, ending: fails('provider.failed', 503, 4) },
  }),
  refusal(504, 'provider.timeout'),
  refusal(529, 'provider.overloaded'),
];

/** On a stream they strike before any content. */
const BEFORE_CONTENT: readonly FaultRow[] = [
  silent(row('no first byte', 'first_byte_ms=60000', fails('provider.timeout', null))),
  silent(row('a head and no frame', 'first_frame_ms=60000', fails('provider.timeout'))),
  silent(row('silence after the opening', 'stall=0', fails('provider.timeout'))),
  ...[0, 20].flatMap((bytes) => [
    row(`cut at byte ${bytes}`, `cut=${bytes}`, {
      whole: fails('provider.bad_answer'),
      stream: fails('provider.truncated'),
    }),
    row(`dropped at byte ${bytes}`, `drop=${bytes}`, fails('provider.truncated')),
    row(`reset at byte ${bytes}`, `reset=${bytes}`, RESET),
  ]),
  row('garbage first', 'garbage=1', fails('provider.bad_answer')),
  row('not one byte', 'empty_body', { whole: fails('provider.bad_answer'), stream: fails('provider.truncated') }),
  row('an error with status 200', 'error200', fails('provider.failed')),
  row('an error after the opening', 'error_after=0', fails('provider.failed')),
  row('nothing but an error', 'empty&error_after=0', fails('provider.failed')),
];

/** Enough time between the words for what has come to have left. */
const PACED = 'token_ms=100';

/** A break inside the frame of the third word; a whole reply breaks inside its JSON. */
const broken = (kind: 'cut' | 'drop' | 'reset') => (dialect: Dialect, form: Form) =>
  form === 'whole' ? `${kind}=60` : `${PACED}&${kind}=${placeOf(' three', dialect, SAID) + 2}`;

const FINISH_ENDS: Unlike = Object.fromEntries(
  everyUpstream
    .filter(({ finishEnds }) => finishEnds)
    .map(({ dialect }) => [
      dialect,
      {
        because: 'the terminator alone says that an answer is whole',
        ending: { whole: answered, stream: { kind: 'breaks', code: 'provider.truncated', text: SAID } },
      },
    ]),
);

const MID_STREAM: readonly FaultRow[] = [
  row('cut in the middle', broken('cut'), {
    whole: fails('provider.bad_answer'),
    stream: breaks('provider.truncated'),
  }),
  row('dropped in the middle', broken('drop'), {
    whole: fails('provider.truncated'),
    stream: breaks('provider.truncated'),
  }),
  row('reset in the middle', broken('reset'), { whole: RESET, stream: breaks('provider.truncated') }),
  silent(
    row('silence in the middle', 'stall=2', { whole: fails('provider.timeout'), stream: breaks('provider.timeout') }),
  ),
  row('garbage in the middle', `${PACED}&garbage=3`, {
    whole: fails('provider.bad_answer'),
    stream: breaks('provider.bad_answer'),
  }),
  row('an error in the middle', `${PACED}&error_after=2`, {
    whole: fails('provider.failed'),
    stream: breaks('provider.failed'),
  }),
  row('no terminator', 'no_done', answered, FINISH_ENDS),
];

const HARMLESS: readonly FaultRow[] = [
  row('slow', 'first_frame_ms=30&token_ms=10', answered),
  row('byte by byte', 'split=1', answered),
  row('comments between', 'comments', answered),
  row('a whole answer to a stream request', 'no_stream', answered),
  row('a stream to a whole request', 'force_stream', answered, {
    'openai-chat': {
      because: 'without having been asked for it, it tells no usage on streams',
      ending: { stream: answered, whole: { ...answered, isEstimated: true } },
    },
  }),
  row('no content', 'empty', { ...answered, text: '', tokens: 0 }),
  row('usage untold', 'usage=absent', { ...answered, isEstimated: true }),
  row('negative usage', 'usage=negative', { ...answered, isEstimated: true }),
  row(
    'odd usage',
    'usage=odd',
    { ...answered, isEstimated: true },
    {
      'openai-chat': { because: 'the total and one side are told: the other follows', ending: answered },
      'openai-responses': { because: 'the total and one side are told: the other follows', ending: answered },
    },
  ),
  row('usage told twice', 'usage=twice', answered),
  row('ended by its length', 'finish=length', { ...answered, finish: 'length' }),
  row(
    'ended by a filter',
    'finish=content_filter',
    { ...answered, finish: 'content_filter' },
    { ollama: { because: 'it has no word for a filter: its end is a plain one', ending: answered } },
  ),
  {
    ...row('more than was allowed', 'over=5', {
      ...answered,
      text: SAID.repeat(9).slice(0, 28),
      finish: 'length',
      tokens: 7,
    }),
    maxTokens: 2,
  },
];

export const FAULT_ROWS: readonly FaultRow[] = [...REFUSALS, ...BEFORE_CONTENT, ...MID_STREAM, ...HARMLESS];

/** Those that each grammar's own reader must notice: of the others the status tells, or nothing is amiss. */
export const NOTICED_INSIDE: ReadonlySet<FaultRow> = new Set([...BEFORE_CONTENT, ...MID_STREAM]);
