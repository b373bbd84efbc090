/**
 * A wire grammar as the benchmark speaks it: what a client sends, what a host writes back (each flush by itself), and what an
 * answer must hold to count. Written by hand, so that a mistake of the product's own grammars cannot hide in its judge.
 */

/** As a config file names them. */
export type GrammarId = 'openai-chat' | 'openai-completions' | 'openai-responses' | 'anthropic-messages' | 'gemini';

export interface Grammar {
  readonly id: GrammarId;
  readonly name: string;
  /** Where a client asks. */
  path(model: string): string;
  /** Headers that its clients send besides the key. */
  readonly headers: Readonly<Record<string, string>>;
  /** A request for a stream that says `prompt`. */
  request(model: string, prompt: string): object;
  /** By these bytes of a request the upstream knows which row asks. */
  marker(model: string): string;
  /** What a host writes, a string a flush. */
  stream(answer: StreamAnswer): readonly string[];
  /** Each must follow the last content frame, in this order. */
  readonly endings: readonly string[];
  /** What the answer's text ends with, white space aside; null where the grammar has no terminator. */
  readonly terminator: string | null;
}

export interface StreamAnswer {
  readonly model: string;
  /** Text, a content frame each. */
  readonly pieces: readonly string[];
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export const CREATED_SECONDS = 1_795_219_200;

export const dataEvent = (body: object): string => `data: ${JSON.stringify(body)}\n\n`;

/** An event that has its type as its name too. */
export const namedEvent = (type: string, members: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
