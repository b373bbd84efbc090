/** The simulated models that hold no conversation, and where hosts are asked for what they give. */
import type { JsonObject } from '../../core/json.ts';
import { cohereGrammar } from './cohere.ts';
import {
  cohereForm,
  embed,
  geminiForm,
  ollamaForm,
  openAiForm,
  type SimEmbeddingsForm,
  vertexForm,
} from './embeddings.ts';
import { geminiGrammar } from './gemini.ts';
import type { SimGrammar } from './grammar.ts';
import type { SimWholeName } from './models.ts';
import { moderate } from './moderation.ts';
import { ollamaGrammar } from './ollama.ts';
import { openaiChatGrammar } from './openai-chat.ts';
import { rerank, rerankAsCohere } from './rerank.ts';

export interface SimWholeTask {
  readonly model: SimWholeName;
  /** What the path's model makes, for whoever asks another one. */
  readonly makes: string;
  /** How this host words its errors. */
  readonly grammar: SimGrammar;
  /** @throws SimRefusal */
  answer(body: JsonObject): SimWholeAnswer;
}

export interface SimWholeAnswer {
  readonly body: JsonObject;
  readonly promptTokens: number;
}

const MODEL_IN_PATH = /\/models\/(.+):(batchEmbedContents|embedContent|predict)$/;

/** The model where the path names it. */
export function modelOfWholePath(path: string): string | undefined {
  const written = MODEL_IN_PATH.exec(path)?.[1];
  try {
    return written && decodeURIComponent(written);
  } catch {
    return written; // a stray percent sign: the name as written will not be found
  }
}

export function wholeTaskOf(path: string): SimWholeTask | null {
  const inPath = MODEL_IN_PATH.exec(path)?.[2];
  if (inPath) return embeddings(inPath === 'predict' ? vertexForm : geminiForm, geminiGrammar);
  const plain = path.split('?')[0] ?? '';
  if (plain.endsWith('/embeddings')) return embeddings(openAiForm, openaiChatGrammar);
  if (plain.endsWith('/api/embed')) return embeddings(ollamaForm, ollamaGrammar);
  if (plain.endsWith('/embed')) return embeddings(cohereForm, cohereGrammar);
  if (plain.endsWith('/v2/rerank')) {
    return { model: 'rerank', makes: 'rankings', grammar: cohereGrammar, answer: rerankAsCohere };
  }
  if (plain.endsWith('/rerank')) {
    return { model: 'rerank', makes: 'rankings', grammar: openaiChatGrammar, answer: rerank };
  }
  if (plain.endsWith('/moderations')) {
    return { model: 'moderation', makes: 'moderations', grammar: openaiChatGrammar, answer: moderate };
  }
  return null;
}

function embeddings(form: SimEmbeddingsForm, grammar: SimGrammar): SimWholeTask {
  return { model: 'embed', makes: 'embeddings', grammar, answer: (body) => embed(form, body) };
}
