/** What each simulated model answers, before any grammar writes it down. Nothing here knows a wire format. */
import { type Json, stringAt } from '../../core/json.ts';
import type { SimOptions } from './faults.ts';
import type { SimModelName, SimWholeName } from './models.ts';
import type { SimCall, SimMedia, SimPrompt, SimResult, SimTool, SimTurn } from './prompt.ts';
import { SimRefusal } from './prompt.ts';
import { instanceOf } from './schema-instance.ts';
import { stepDue, stepsSaying } from './steps.ts';
import { fitText, limitOf, loremOf, pieces } from './text-size.ts';
import { checkReasoning, countTokens, sealReasoning, signReasoning, stableId } from './tokens.ts';

export type SimFinish = 'stop' | 'stop_sequence' | 'length' | 'tool_calls' | 'content_filter';

export interface SimAnswer {
  /** Depends on the request and the seed, nothing else. */
  readonly id: string;
  readonly reasoning: SimThought | null;
  /** The text as it is streamed; joined it is the whole text. */
  readonly text: readonly string[];
  readonly calls: readonly SimCall[];
  readonly finish: SimFinish;
  /** The stop sequence that ended the text. */
  readonly stopped: string | null;
  readonly usage: SimUsage;
}

export interface SimThought {
  readonly pieces: readonly string[];
  /** Null where the text was cut: a half thought is not signed. */
  readonly signature: string | null;
  /** False where the caller asked not to see it. */
  readonly shown: boolean;
}

export interface SimUsage {
  readonly promptTokens: number;
  /** Reasoning included. */
  readonly completionTokens: number;
  readonly reasoningTokens: number;
  /** Parts of the prompt tokens. */
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
}

/** An image, a file or a sound counts as much as this many tokens. */
const TOKENS_PER_MEDIUM = 64;

const NOTHING_SAID = { text: '', cut: false, stopped: null } as const;

const ASKED_AT: Readonly<Record<SimWholeName, string>> = {
  embed: '/embeddings',
  rerank: '/rerank',
  moderation: '/moderations',
};

const isWhole = (model: SimModelName): model is SimWholeName => Object.hasOwn(ASKED_AT, model);

/** `fingerprint` is the request and the seed as text: ids hang on it. */
export function answerOf(model: SimModelName, prompt: SimPrompt, options: SimOptions, fingerprint: string): SimAnswer {
  if (isWhole(model))
    throw new SimRefusal(400, `sim/${model} holds no conversation; ask POST ${ASKED_AT[model]}.`, 'model');
  const limit = limitOf(prompt.maxTokens, options);
  const thought = model === 'reasoner' && prompt.reasoning !== 'off' ? think(prompt, limit) : null;
  const left = limit - (thought?.tokens ?? 0);
  const calls = options.flags.has('empty') ? [] : callsOf(model, prompt, options, fingerprint);
  const callTokens = calls.reduce((sum, call) => sum + countTokens(call.name) + countTokens(call.arguments), 0);
  const callsFit = callTokens <= left;
  const silent = calls.length > 0 || options.flags.has('empty');
  const said = silent ? NOTHING_SAID : fitText(sayingOf(model, prompt, options), prompt, options, left);
  const whole = callsFit && !said.cut && !thought?.cut;
  return {
    id: stableId(fingerprint, 24),
    reasoning: thought && { pieces: thought.pieces, signature: thought.signature, shown: prompt.reasoning === 'shown' },
    text: pieces(said.text, options),
    calls: callsFit ? calls : [],
    finish:
      options.finish ?? (!whole ? 'length' : calls.length > 0 ? 'tool_calls' : said.stopped ? 'stop_sequence' : 'stop'),
    stopped: said.stopped,
    usage: {
      ...promptUsage(prompt, options),
      completionTokens: (thought?.tokens ?? 0) + countTokens(said.text) + (callsFit ? callTokens : 0),
      reasoningTokens: thought?.tokens ?? 0,
    },
  };
}

function promptUsage(
  prompt: SimPrompt,
  options: SimOptions,
): Pick<SimUsage, 'promptTokens' | 'cachedTokens' | 'cacheWriteTokens'> {
  let promptTokens = countTokens(prompt.system);
  for (const tool of prompt.tools) promptTokens += countTokens(tool.name) + countTokens(JSON.stringify(tool.schema));
  for (const turn of prompt.turns) {
    promptTokens += countTokens(turn.text) + turn.media.length * TOKENS_PER_MEDIUM;
    for (const call of turn.calls) promptTokens += countTokens(call.name) + countTokens(call.arguments);
    for (const result of turn.results) promptTokens += countTokens(result.text);
  }
  const cachedTokens = Math.min(options.counts.get('cached') ?? 0, promptTokens);
  const cacheWriteTokens = Math.min(options.counts.get('cache_write') ?? 0, promptTokens - cachedTokens);
  return { promptTokens, cachedTokens, cacheWriteTokens };
}

function think(prompt: SimPrompt, limit: number) {
  const text = sealReasoning(`The user said: "${lastUserText(prompt).slice(0, 200)}". I shall answer it plainly.`);
  const fitted = fitText(text, { ...prompt, stop: [] }, null, limit);
  return {
    pieces: pieces(fitted.text, null),
    signature: fitted.cut ? null : signReasoning(text),
    tokens: countTokens(fitted.text),
    cut: fitted.cut,
  };
}

// ---- tool calls ----

/** sim/tools always calls, sim/reasoner and sim/vision where `calls` says so, sim/json where a tool is forced (how some ask for JSON). */
function callsOf(model: SimModelName, prompt: SimPrompt, options: SimOptions, fingerprint: string): readonly SimCall[] {
  if (model === 'agent') return stepCall(prompt, fingerprint);
  const choice = prompt.toolChoice;
  const forced = choice.kind === 'required' || choice.kind === 'named';
  const wanted = options.counts.get('calls') ?? (model === 'tools' || (model === 'json' && forced) ? 1 : 0);
  const calling = model === 'tools' || model === 'reasoner' || model === 'vision' || model === 'json';
  if (!calling || choice.kind === 'none' || prompt.tools.length === 0 || lastResults(prompt).length > 0) return [];
  const offered = choice.kind === 'named' ? prompt.tools.filter((tool) => tool.name === choice.name) : prompt.tools;
  if (offered.length === 0)
    throw new SimRefusal(400, 'tool_choice names a tool that is not among tools.', 'tool_choice');
  const count = prompt.parallelCalls ? wanted : Math.min(wanted, 1);
  return Array.from({ length: count }, (_, index) => {
    const tool: SimTool | undefined = offered[index % offered.length];
    const id = stableId(`${fingerprint} call ${index}`, 24);
    if (tool?.custom) return { id, name: tool.name, arguments: FREE_TEXT, custom: true };
    return { id, name: tool?.name ?? '', arguments: JSON.stringify(argumentsFor(tool)) };
  });
}

function stepCall(prompt: SimPrompt, fingerprint: string): readonly SimCall[] {
  const due = stepDue(prompt);
  if (!due) return [];
  const call = { id: stableId(`${fingerprint} step`, 24), name: due.tool };
  const isCustom = prompt.tools.some(({ name, custom }) => name === due.tool && custom);
  // The same step works where the tool is wrapped into a function of one text.
  const text = isCustom ? stringAt(due.input, 'input') : undefined;
  if (text !== undefined) return [{ ...call, arguments: text, custom: true }];
  return [{ ...call, arguments: JSON.stringify(due.input) }];
}

/** What a custom tool is called with. */
const FREE_TEXT = 'sim input';

function argumentsFor(tool: SimTool | undefined): Json {
  const value = instanceOf(tool?.schema ?? {});
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

// ---- what is said ----

function sayingOf(model: SimModelName, prompt: SimPrompt, options: SimOptions): string {
  switch (model) {
    case 'echo':
      return lastUserText(prompt);
    case 'lorem':
      return loremOf(lastUserText(prompt), prompt.maxTokens, options);
    case 'tools':
      return toolSaying(prompt);
    case 'reasoner':
      return reasonerSaying(prompt);
    case 'json':
      return jsonSaying(prompt);
    case 'agent':
      return stepsSaying(prompt);
    case 'vision':
      return visionSaying(prompt);
    case 'embed':
    case 'rerank':
    case 'moderation':
      return '';
  }
}

function toolSaying(prompt: SimPrompt): string {
  const results = lastResults(prompt);
  if (results.length > 0) {
    return results.map((result) => `${nameOfCall(prompt, result.id, result.name)} answered: ${result.text}`).join('\n');
  }
  if (prompt.tools.length === 0) return `No tools were offered. You said: ${lastUserText(prompt)}`;
  return `Tools were offered, none may be called. You said: ${lastUserText(prompt)}`;
}

function reasonerSaying(prompt: SimPrompt): string {
  const results = lastResults(prompt);
  const answer = results.length > 0 ? toolSaying(prompt) : `You said: ${lastUserText(prompt)}`;
  const earlier = prompt.turns.filter((turn) => turn.role === 'assistant');
  return earlier.length > 0 ? `${reasoningReport(earlier)} ${answer}` : answer;
}

function reasoningReport(earlier: readonly SimTurn[]): string {
  const checks = earlier.flatMap((turn) => turn.reasoning).map((one) => checkReasoning(one.text, one.signature));
  if (checks.length === 0) return 'Earlier reasoning did not come back.';
  if (checks.includes('modified')) return 'Earlier reasoning came back modified.';
  return checks.includes('unmodified')
    ? 'Earlier reasoning came back unmodified.'
    : 'Earlier reasoning was skipped by the sentinel.';
}

function jsonSaying(prompt: SimPrompt): string {
  if (prompt.answerSchema === null || prompt.answerSchema === 'any')
    return JSON.stringify({ answer: lastUserText(prompt) });
  return JSON.stringify(instanceOf(prompt.answerSchema));
}

/** Media of tool results count as received, too. */
function visionSaying(prompt: SimPrompt): string {
  const seen = mediaSaying(prompt.turns.flatMap((turn) => turn.media));
  return lastResults(prompt).length > 0 ? `${toolSaying(prompt)}\n${seen}` : seen;
}

function mediaSaying(media: readonly SimMedia[]): string {
  if (media.length === 0) return 'Received no image, file or sound.';
  const lines = media.map((one) => {
    const size = one.bytes === null ? 'size unknown' : `${one.bytes} bytes`;
    return `${one.kind} ${one.mediaType}, ${size}${one.name === null ? '' : `, ${one.name}`}`;
  });
  return `Received ${media.length}: ${lines.join('; ')}.`;
}

// ---- reading the conversation ----

function lastUserText(prompt: SimPrompt): string {
  return prompt.turns.findLast((turn) => turn.role === 'user' && turn.text !== '')?.text ?? '';
}

/** The tool results that the model must answer now: a picture that belongs to them may follow in a turn of its own. */
function lastResults(prompt: SimPrompt): readonly SimResult[] {
  const last = prompt.turns.at(-1);
  const isPicture = last?.role === 'user' && last.media.length > 0 && last.results.length === 0;
  return (isPicture ? prompt.turns.at(-2) : last)?.results ?? [];
}

function nameOfCall(prompt: SimPrompt, id: string, said: string | null): string {
  const call = prompt.turns.flatMap((turn) => turn.calls).findLast((one) => one.id === id);
  return call?.name ?? said ?? id;
}
