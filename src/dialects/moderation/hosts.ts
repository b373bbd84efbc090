/**
 * The grammars in which hosts moderate.
 *
 * - `openai`: https://platform.openai.com/docs/api-reference/moderations, the callers' own
 * - `mistral`: https://docs.mistral.ai/capabilities/guardrailing, other categories and no `flagged`
 */
import type { Part } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { arrayAt, isJsonObject, type Json, objectAt, stringAt } from '../../core/json.ts';
import type { ModerationAnswer, ModerationQuestion, ModerationVerdict } from '../../core/moderation.ts';
import type { UpstreamContext } from '../dialect.ts';
import { requestLike } from '../shared/client/whole-request.ts';
import { carriesError, decodeErrorValue } from '../shared/openai/errors.ts';
import { encodeMedia } from '../shared/openai/parts.ts';
import { decodeUsage } from '../shared/openai/usage.ts';
import type { WholeDialect } from '../whole.ts';

export const openAiModeration: WholeDialect<'moderation'> = {
  id: 'openai',
  encodeRequest,
  decodeResponse: (body, question, context) => decode(body, question, context, (verdict) => verdict),
  unsayable: ({ inputs }) => {
    if (!inputs.some((parts) => parts.some(({ type }) => type !== 'text'))) return [];
    return inputs.length > 1 ? ['several inputs at once that are not all text'] : [];
  },
};

export const mistralModeration: WholeDialect<'moderation'> = {
  id: 'mistral',
  encodeRequest,
  decodeResponse: (body, question, context) => decode(body, question, context, inOpenAiWords),
  unsayable: ({ inputs }) =>
    inputs.some((parts) => parts.some(({ type }) => type !== 'text')) ? ['inputs other than text'] : [],
};

function encodeRequest(question: ModerationQuestion, context: UpstreamContext) {
  return requestLike('/moderations', { input: inputOf(question.inputs) }, question, context);
}

function inputOf(inputs: readonly (readonly Part[])[]): Json {
  const [parts = []] = inputs;
  const isOneOfParts = inputs.length === 1 && (parts.length > 1 || parts[0]?.type !== 'text');
  return isOneOfParts ? parts.map((part) => encodeMedia(part, false)) : inputs.map(textOf);
}

function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function decode(
  body: Json,
  { inputs }: ModerationQuestion,
  context: UpstreamContext,
  worded: (verdict: ModerationVerdict) => ModerationVerdict,
): ModerationAnswer {
  const answer = isJsonObject(body) ? body : {};
  const results = arrayAt(answer, 'results');
  if (!results) throw carriesError(answer) ? decodeErrorValue(answer, context) : badAnswer('without results', context);
  if (results.length !== inputs.length) {
    throw badAnswer(`with ${results.length} results for ${inputs.length} inputs`, context);
  }
  const told = objectAt(answer, 'usage');
  const usage = told && decodeUsage({ completion_tokens: 0, ...told }, context.host);
  const upstreamId = stringAt(answer, 'id');
  return {
    verdicts: results.map((each) => worded(verdictOf(each, context))),
    ...(usage && { usage }),
    ...(upstreamId !== undefined && { upstreamId }),
  };
}

function verdictOf(value: Json, context: UpstreamContext): ModerationVerdict {
  if (!isJsonObject(value)) throw badAnswer('with a result that is no object', context);
  const { flagged, categories: judged, category_scores: scored, ...extras } = value;
  const categories = membersOf(judged, (each) => (typeof each === 'boolean' ? each : undefined));
  const scores = membersOf(scored, (each) => (typeof each === 'number' ? each : undefined));
  if (Object.keys(categories).length === 0 && typeof flagged !== 'boolean') {
    throw badAnswer('with a result that judges nothing', context);
  }
  return {
    flagged: typeof flagged === 'boolean' ? flagged : Object.values(categories).includes(true),
    categories,
    scores,
    extras,
  };
}

function membersOf<T>(value: Json | undefined, read: (each: Json | undefined) => T | undefined): Record<string, T> {
  const members: Record<string, T> = {};
  for (const [name, each] of Object.entries(isJsonObject(value) ? value : {})) {
    const member = read(each);
    if (member !== undefined) members[name] = member;
  }
  return members;
}

/** Mistral's categories that OpenAI has a word for. Theirs stay beside it: nothing of the verdict is lost. */
const OPENAI_WORDS: Readonly<Record<string, string>> = {
  hate_and_discrimination: 'hate',
  violence_and_threats: 'violence',
  selfharm: 'self-harm',
  criminal: 'illicit',
  dangerous_and_criminal_content: 'illicit',
};

function inOpenAiWords(verdict: ModerationVerdict): ModerationVerdict {
  return { ...verdict, categories: withWords(verdict.categories), scores: withWords(verdict.scores) };
}

function withWords<T>(members: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  const named = Object.entries(members).flatMap(([name, value]) => {
    const word = OPENAI_WORDS[name];
    return word === undefined ? [] : [[word, value] as const];
  });
  return { ...Object.fromEntries(named), ...members };
}

function badAnswer(what: string, { host: { providerName } }: UpstreamContext): GatewayError {
  return new GatewayError('provider.bad_answer', `${providerName} answered ${what}.`, { providerName });
}
