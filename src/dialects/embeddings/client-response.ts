/** The embeddings reply (OpenRouter's API), core → wire. */
import type { EmbeddingsAnswer, EmbeddingsQuestion } from '../../core/embeddings.ts';
import type { JsonObject } from '../../core/json.ts';
import { countOf, type Usage } from '../../core/usage.ts';
import type { ReplyHead, SettledUsage } from '../dialect.ts';
import { encodeUsage } from '../shared/gateway/usage.ts';

export function encodeEmbeddingsResponse(
  { vectors, extras }: EmbeddingsAnswer,
  _question: EmbeddingsQuestion,
  head: ReplyHead,
  settled: SettledUsage,
): JsonObject {
  const { cost, is_byok, cost_details } = encodeUsage(settled);
  const promptTokens = countOf(settled.usage, 'promptTokens');
  return {
    ...extras,
    object: 'list',
    id: head.id,
    model: head.model,
    provider: head.providerName,
    data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    usage: {
      prompt_tokens: promptTokens,
      total_tokens: promptTokens,
      ...mediaTokens(settled.usage),
      cost,
      is_byok,
      cost_details,
    },
    ...(settled.routerMetadata && { openrouter_metadata: settled.routerMetadata }),
  };
}

/** Where the host counted media apart. */
function mediaTokens(usage: Usage): JsonObject {
  const audio = countOf(usage, 'audioPromptTokens');
  const image = countOf(usage, 'imagePromptTokens');
  const video = countOf(usage, 'videoPromptTokens');
  if (audio + image + video === 0) return {};
  const text = Math.max(0, countOf(usage, 'promptTokens') - audio - image - video);
  return {
    prompt_tokens_details: { text_tokens: text, image_tokens: image, audio_tokens: audio, video_tokens: video },
  };
}
