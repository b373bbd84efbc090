/** What goes into `thoughtSignature`: Google's own signatures by what they belong to, and everybody else's reasoning, sealed. */
import type { ReasoningDetail } from '../../../core/chat.ts';
import { foldDetail } from '../../../core/fold.ts';
import { sealReasoning } from '../../shared/reasoning-seal.ts';

export class Signatures {
  #unsealed: ReasoningDetail[] = [];
  /** By a call's id, or `image_<n>`. */
  readonly #own = new Map<string, string>();

  /** Reasoning to be sealed on what it leads to. */
  fold(detail: ReasoningDetail): void {
    foldDetail(this.#unsealed, detail);
  }

  /** All that is not sealed yet; undefined where there is nothing. */
  takeSeal(): string | undefined {
    if (this.#unsealed.length === 0) return undefined;
    const seal = sealReasoning(this.#unsealed);
    this.#unsealed = [];
    return seal;
  }

  put(owner: string, signature: string): void {
    this.#own.set(owner, signature);
  }

  take(owner: string): string | undefined {
    const signature = this.#own.get(owner);
    this.#own.delete(owner);
    return signature;
  }

  /** Those whose part never came: bound to nothing, and still Google's to get back. */
  takeRest(): readonly string[] {
    const rest = [...this.#own.values()];
    this.#own.clear();
    return rest;
  }
}
