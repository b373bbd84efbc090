/** The moderation request and reply (https://platform.openai.com/docs/api-reference/moderations). */
import { z } from 'zod';
import type { Part } from '../../core/chat.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { ModerationAnswer, ModerationQuestion } from '../../core/moderation.ts';
import { countOf } from '../../core/usage.ts';
import type { ReplyHead, SettledUsage } from '../dialect.ts';
import { decodeImageUrl } from '../shared/client/media-source.ts';
import { check, refusalBy } from '../shared/client/refusal.ts';
import { demandOfWhole, modalitiesOf, sharedMembers, tokensOf, wholeFields } from '../shared/client/whole-request.ts';
import { encodeUsage } from '../shared/gateway/usage.ts';
import type { WholeRequest } from '../whole.ts';

const part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string().min(1) }) }),
]);

/** The whole request, for its description too. Without a model the gateway chooses one. */
export const moderationFields = z.object({
  input: z.union([z.string(), z.array(z.string()).min(1), z.array(part).min(1)]),
  model: z.string().min(1).nullish(),
  ...wholeFields,
});

const KNOWN: ReadonlySet<string> = new Set(Object.keys(moderationFields.shape));

/** unknown → core. @throws GatewayError `client.invalid_request` with the field's path */
export function parseModerationRequest(body: Json): WholeRequest<'moderation'> {
  if (!isJsonObject(body)) throw invalidRequest('body', 'expected a JSON object with `input`');
  const checked = check(moderationFields, body);
  if (!checked.success) throw refusalBy(moderationFields, body, 'is no moderation request');
  const inputs = inputsOf(checked.data.input);
  const question: ModerationQuestion = { inputs, ...sharedMembers(body, KNOWN) };
  const sizes = inputs.map(sizeOf);
  const demand = demandOfWhole(body, {
    contentField: 'input',
    promptTokensEstimate: sizes.reduce((sum, size) => sum + size, 0),
    longestPromptEstimate: sizes.reduce((most, size) => Math.max(most, size), 0),
    inputModalities: modalitiesOf(inputs.flat()),
  });
  return { question, demand, wire: body };
}

type WrittenInput = z.infer<typeof moderationFields>['input'];

/** Texts are judged one by one; parts are one input, judged together. */
function inputsOf(input: WrittenInput): readonly (readonly Part[])[] {
  if (typeof input === 'string') return [[{ type: 'text', text: input }]];
  const parts: Part[] = [];
  const texts: string[] = [];
  for (const [i, each] of input.entries()) {
    if (typeof each === 'string') texts.push(each);
    else if (each.type === 'text') parts.push(each);
    else parts.push(decodeImageUrl(each.image_url.url, `input[${i}].image_url.url`));
  }
  return parts.length > 0 ? [parts] : texts.map((text) => [{ type: 'text', text }]);
}

function sizeOf(parts: readonly Part[]): number {
  return parts.reduce((sum, each) => sum + (each.type === 'text' ? tokensOf(each.text) : 0), 0);
}

/** core → wire. The usage is ours to add: OpenAI tells none. */
export function encodeModerationResponse(
  { verdicts }: ModerationAnswer,
  _question: ModerationQuestion,
  head: ReplyHead,
  settled: SettledUsage,
): JsonObject {
  const promptTokens = countOf(settled.usage, 'promptTokens');
  return {
    id: head.id,
    model: head.model,
    provider: head.providerName,
    results: verdicts.map(({ flagged, categories, scores, extras }) => ({
      ...extras,
      flagged,
      categories,
      category_scores: scores,
    })),
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens, cost: encodeUsage(settled)['cost'] },
    ...(settled.routerMetadata && { openrouter_metadata: settled.routerMetadata }),
  };
}
