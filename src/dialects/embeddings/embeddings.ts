/** Embeddings are relayed by value: the model, our own fields and the usage are all that changes. */
import { GatewayError } from '../../core/errors.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../../core/json.ts';
import { nanoUsdToNumber } from '../../core/money.ts';
import type { Note, Translated } from '../../core/note.ts';
import { countOf, type Usage } from '../../core/usage.ts';
import type { ReplyHead, SettledUsage, UpstreamContext, UpstreamRequest } from '../dialect.ts';
import { tokenCountAt } from '../shared/token-count.ts';

/** The caller's own body with the upstream's name of the model, the end user's token, and without what is only ours. */
export function encodeEmbeddingsRequest(
  body: JsonObject,
  endUser: string | null,
  context: UpstreamContext,
): Translated<UpstreamRequest> {
  const { provider: _provider, user: _user, ...kept } = body;
  const notes: Note[] = [];
  const upstream = { ...kept, model: context.upstreamModel, ...(endUser !== null && { user: endUser }) };
  return { value: { path: '/embeddings', headers: {}, body: upstream }, notes };
}

export interface EmbeddingsReply {
  readonly usage: Usage | undefined;
  readonly upstreamId: string | null;
  encode(settled: SettledUsage): JsonObject;
}

/** @throws GatewayError `provider.bad_answer` where the body holds no vectors */
export function decodeEmbeddings(body: Json, head: ReplyHead, context: UpstreamContext): EmbeddingsReply {
  const { providerName } = context.host;
  if (!isJsonObject(body) || !isJsonArray(body['data'])) {
    throw new GatewayError('provider.bad_answer', `${providerName} answered without embeddings.`, { providerName });
  }
  const told = objectAt(body, 'usage') ?? {};
  const promptTokens = tokenCountAt(told, 'prompt_tokens') ?? tokenCountAt(told, 'total_tokens');
  return {
    usage: promptTokens === undefined ? undefined : { counts: { promptTokens }, estimated: false },
    upstreamId: stringAt(body, 'id') ?? null,
    encode: (settled) => ({
      ...body,
      object: 'list',
      id: head.id,
      model: head.model,
      provider: head.providerName,
      usage: {
        ...told,
        prompt_tokens: countOf(settled.usage, 'promptTokens'),
        total_tokens: countOf(settled.usage, 'promptTokens'),
        cost: nanoUsdToNumber(settled.costNanoUsd),
        is_byok: settled.isByok,
      },
    }),
  };
}
