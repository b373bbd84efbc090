/**
 * Grammars of the kinds that are one question and one whole answer: embeddings, rerank, moderation. One folder a kind: its
 * client face and, one file each, the grammars in which hosts are asked. Question and answer are core values of the kind.
 */
import type { Demand } from '../core/demand.ts';
import type { EmbeddingsAnswer, EmbeddingsQuestion } from '../core/embeddings.ts';
import type { WholeKind } from '../core/exchange-kind.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { ModerationAnswer, ModerationQuestion } from '../core/moderation.ts';
import type { Translated } from '../core/note.ts';
import type { RerankAnswer, RerankQuestion } from '../core/rerank.ts';
import type { ReplayFace, ReplyHead, SettledUsage, UpstreamContext, UpstreamRequest } from './dialect.ts';

interface Questions {
  readonly embeddings: EmbeddingsQuestion;
  readonly rerank: RerankQuestion;
  readonly moderation: ModerationQuestion;
}
interface Answers {
  readonly embeddings: EmbeddingsAnswer;
  readonly rerank: RerankAnswer;
  readonly moderation: ModerationAnswer;
}
export type QuestionOf<Kind extends WholeKind> = Questions[Kind];
export type AnswerOf<Kind extends WholeKind> = Answers[Kind];

/** A grammar in which hosts are asked a kind. A failed reply is read by the grammar of the host's conversations. */
export interface WholeDialect<Kind extends WholeKind> {
  readonly id: string;
  /** core → wire. Notes say which parameters the grammar or the host could not take. */
  encodeRequest(question: QuestionOf<Kind>, context: UpstreamContext): Translated<UpstreamRequest>;
  /**
   * wire → core.
   * @throws GatewayError `provider.bad_answer` where it does not answer the question, or the error that the body carries
   */
  decodeResponse(body: Json, question: QuestionOf<Kind>, context: UpstreamContext): AnswerOf<Kind>;
  /** Content of this question that the grammar cannot carry, in words: the endpoint is passed over. */
  unsayable(question: QuestionOf<Kind>, context: UpstreamContext): readonly string[];
}

/** The grammar in which callers ask a kind (OpenRouter's API; OpenAI's for moderation). */
export interface WholeClient<Kind extends WholeKind> {
  readonly kind: Kind;
  /** unknown → core. @throws GatewayError `client.invalid_request` with the field's path */
  parseRequest(body: Json): WholeRequest<Kind>;
  /** core → wire. */
  encodeResponse(
    answer: AnswerOf<Kind>,
    question: QuestionOf<Kind>,
    head: ReplyHead,
    settled: SettledUsage,
  ): JsonObject;
  readonly replay: ReplayFace;
}

export interface WholeRequest<Kind extends WholeKind> {
  readonly question: QuestionOf<Kind>;
  readonly demand: Demand;
  /** The body as it was sent: what it asks of the gateway itself is read from it. */
  readonly wire: JsonObject;
}
