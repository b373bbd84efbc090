/** Moderation: content in, what it may offend against out. */
import type { Part } from './chat.ts';
import type { JsonObject } from './json.ts';
import type { Usage } from './usage.ts';

export interface ModerationQuestion {
  /** Judged each by itself; the parts of one are judged together. */
  readonly inputs: readonly (readonly Part[])[];
  readonly user?: string;
  /** What is asked of the gateway itself, for a host that is a gateway too. */
  readonly gatewayFields: JsonObject;
  /** Top-level fields that nobody knows here: for hosts of the caller's grammar. */
  readonly extras: JsonObject;
}

export interface ModerationAnswer {
  /** In the order of the inputs. */
  readonly verdicts: readonly ModerationVerdict[];
  readonly usage?: Usage;
  readonly upstreamId?: string;
}

export interface ModerationVerdict {
  readonly flagged: boolean;
  /** Category → whether the content offends against it, in the words of the grammar's owner. */
  readonly categories: Readonly<Record<string, boolean>>;
  /** Category → how sure the model is, 0–1. */
  readonly scores: Readonly<Record<string, number>>;
  /** Members beyond these, by value: which sort of input a category was applied to, and the like. */
  readonly extras: JsonObject;
}
