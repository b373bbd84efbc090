/**
 * What a request is about, from cheap signals: its form (content kinds, tools, response format, size) and keywords in the texts
 * that open and close the conversation. No model is asked and nothing is learned: the same request is always of the same class.
 */
import type { Demand, Opening } from '../../core/demand.ts';
import { buildTrie, findKeywords, type Keyword, type KeywordTrie } from './keyword-trie.ts';
import { KEYWORDS } from './keywords.ts';
import { TASK_KINDS, type TaskClass, type TaskKind } from './task.ts';

/** Characters read at the beginning and at the end of the last user message. */
const READ_OF_LAST = 4096;
/** Characters read at the beginning of the system message and of the first one. */
const READ_OF_CONTEXT = 1024;
/** What is wanted is said at the beginning or at the end; between them stands what it is wanted of. */
const INSTRUCTION_CHARACTERS = 400;
const BODY_WEIGHT = 0.3;
const CONTEXT_WEIGHT = 0.4;

const FENCE = '```';
const QUESTION_MARKS = ['?', '？', '؟'];

/** Points for what the request is made of: more than a few words can gain. */
const POINTS = {
  media: 9,
  tools: 7,
  schema: 6,
  jsonObject: 2,
  fence: 2.5,
  questionMark: 1,
  operation: 2,
  /** Two numbers or more beside words of mathematics. */
  numbers: 1.5,
  longPrompt: 4,
  veryLongPrompt: 6,
  /** Where nothing else speaks. */
  chat: 0.9,
} as const;
const LONG_PROMPT_TOKENS = 32_000;
const VERY_LONG_PROMPT_TOKENS = 100_000;

let built: KeywordTrie | undefined;

/** Some megabytes, made when the first request asks for a choice: most gateways are never asked. */
function keywordTrie(): KeywordTrie {
  built ??= buildTrie(KEYWORDS);
  return built;
}

/** Deterministic, and linear in the at most 10 KB of text that it reads. */
export function classifyTask(opening: Opening, demand: Demand): TaskClass {
  const tally = new Tally();
  scoreForm(demand, tally);
  const seen = new Float32Array(keywordTrie().size);
  const { system, first, last } = opening;
  scoreText(last.slice(0, READ_OF_LAST), last.length <= READ_OF_LAST, 1, seen, tally);
  if (last.length > READ_OF_LAST) {
    scoreText(last.slice(Math.max(READ_OF_LAST, last.length - READ_OF_LAST)), true, 1, seen, tally, 0);
  }
  scoreSums(last, tally);
  if (first !== last) scoreText(first.slice(0, READ_OF_CONTEXT), false, CONTEXT_WEIGHT, seen, tally);
  scoreText(system.slice(0, READ_OF_CONTEXT), false, CONTEXT_WEIGHT, seen, tally);
  return tally.result();
}

class Tally {
  readonly #points: Partial<Record<TaskKind, number>> = {};
  readonly #reasons: { readonly kind: TaskKind; readonly points: number; readonly text: string }[] = [];

  add(kind: TaskKind, points: number, text: string): void {
    this.#points[kind] = (this.#points[kind] ?? 0) + points;
    this.#reasons.push({ kind, points, text });
  }

  has(kind: TaskKind): boolean {
    return this.#points[kind] !== undefined;
  }

  result(): TaskClass {
    let kind: TaskKind = 'chat';
    for (const each of TASK_KINDS) {
      if ((this.#points[each] ?? 0) > (this.#points[kind] ?? 0)) kind = each;
    }
    const reasons = this.#reasons.filter((reason) => reason.kind === kind).sort((a, b) => b.points - a.points);
    return { kind, scores: this.#points, reasons: reasons.map(({ text }) => text) };
  }
}

function scoreForm(demand: Demand, tally: Tally): void {
  const { inputModalities, outputModalities, parameters, promptTokensEstimate } = demand;
  tally.add('chat', POINTS.chat, 'nothing says otherwise');
  if (outputModalities.includes('image')) tally.add('image', POINTS.media, 'asks for an image');
  if (outputModalities.includes('audio')) tally.add('audio', POINTS.media, 'asks for sound');
  for (const [modality, kind] of MEDIA) {
    if (inputModalities.includes(modality)) tally.add(kind, POINTS.media, `sends ${modality} content`);
  }
  if (demand.hasTools) tally.add('agent', POINTS.tools, 'sends tools');
  if (parameters.includes('structured_outputs')) tally.add('extraction', POINTS.schema, 'asks for a JSON schema');
  else if (parameters.includes('response_format')) tally.add('extraction', POINTS.jsonObject, 'asks for JSON');
  if (promptTokensEstimate >= VERY_LONG_PROMPT_TOKENS) {
    tally.add('long_context', POINTS.veryLongPrompt, `about ${promptTokensEstimate} tokens`);
  } else if (promptTokensEstimate >= LONG_PROMPT_TOKENS) {
    tally.add('long_context', POINTS.longPrompt, `about ${promptTokensEstimate} tokens`);
  }
}

const MEDIA = [
  ['audio', 'audio'],
  ['video', 'video'],
  ['image', 'vision'],
  ['file', 'document'],
] as const satisfies readonly (readonly [string, TaskKind])[];

/** @param endsHere whether the text's end is the message's end @param seen the weight at which each keyword already counted */
function scoreText(
  original: string,
  endsHere: boolean,
  weight: number,
  seen: Float32Array,
  tally: Tally,
  head = INSTRUCTION_CHARACTERS,
): void {
  if (original === '') return;
  const { text, fences } = withoutFences(original);
  if (fences > 0) tally.add('code', POINTS.fence * weight, 'holds fenced code');
  const tail = endsHere ? text.length - INSTRUCTION_CHARACTERS : Number.POSITIVE_INFINITY;
  findKeywords(keywordTrie(), text.toLowerCase(), (keyword, position) => {
    const inInstruction = position < head || position >= tail;
    count(keyword, inInstruction ? weight : weight * BODY_WEIGHT, seen, tally);
  });
  if (endsHere && asks(text)) tally.add('question', POINTS.questionMark * weight, 'ends in a question');
}

/** A keyword counts once, by its best place. */
function count({ index, text, kind, points }: Keyword, weight: number, seen: Float32Array, tally: Tally): void {
  const before = seen[index] ?? 0;
  if (weight <= before) return;
  seen[index] = weight;
  tally.add(kind, points * (weight - before), `"${text}"`);
}

/** Numbers that are reckoned with, in the text's beginning and end. */
function scoreSums(text: string, tally: Tally): void {
  const tail = Math.max(INSTRUCTION_CHARACTERS, text.length - INSTRUCTION_CHARACTERS);
  let numbers = 0;
  let isOperation = false;
  let last = 0;
  let beforeLast = 0;
  for (let at = 0; at < text.length; at++) {
    if (at === INSTRUCTION_CHARACTERS) at = tail;
    const code = text.charCodeAt(at);
    if (code === SPACE) continue;
    if (isDigit(code)) {
      if (!isDigit(last)) numbers++;
      isOperation ||= isDigit(beforeLast) && OPERATORS.includes(last);
    }
    beforeLast = last;
    last = code;
  }
  if (isOperation) tally.add('math', POINTS.operation, 'reckons with numbers');
  else if (numbers > 1 && tally.has('math')) tally.add('math', POINTS.numbers, 'holds numbers');
}

const SPACE = 0x20;
/** A minus and a slash are as often of a date. */
const OPERATORS: readonly number[] = [...'+*×÷^='].map((sign) => sign.charCodeAt(0));

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function asks(text: string): boolean {
  const end = text.trimEnd().slice(-1);
  return QUESTION_MARKS.includes(end);
}

/** Code in fences is no instruction: its words would be taken for the caller's. */
function withoutFences(text: string): { readonly text: string; readonly fences: number } {
  let start = text.indexOf(FENCE);
  if (start < 0) return { text, fences: 0 };
  let kept = '';
  let from = 0;
  let fences = 0;
  while (start >= 0) {
    fences++;
    kept += text.slice(from, start);
    const end = text.indexOf(FENCE, start + FENCE.length);
    if (end < 0) return { text: kept, fences };
    from = end + FENCE.length;
    start = text.indexOf(FENCE, from);
  }
  return { text: kept + text.slice(from), fences };
}
