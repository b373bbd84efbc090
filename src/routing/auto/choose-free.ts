/** `openrouter/free`: any model without charge that can serve the request. */
import type { Random } from '../../core/ids.ts';
import { inability, type Needs } from './needs.ts';
import type { AutoModel, AutoPool } from './pool.ts';
import { isLastResort } from './rank.ts';

export interface FreeChoice {
  /** One at random and up to three others, in random order. */
  readonly models: readonly string[];
  readonly reasons: readonly string[];
}

const MOST_MODELS = 4;

/** Null where no free model can serve the request. Models for general use come first, those for one thing after them. */
export function chooseFree(pool: AutoPool, needs: Needs, random: Random): FreeChoice | null {
  const able = pool.models.filter(
    (model) => model.isFree && isLastResort(model) && inability(model, needs) === undefined,
  );
  if (able.length === 0) return null;
  const isGeneral = ({ purpose, makesMedia }: AutoModel) => purpose === 'general' && !makesMedia;
  const general = shuffled(able.filter(isGeneral), random);
  const others = shuffled(
    able.filter((model) => !isGeneral(model)),
    random,
  );
  const models = [...general, ...others].slice(0, MOST_MODELS).map(({ id }) => id);
  const count = able.length === 1 ? 'One model' : `${able.length} models`;
  return { models, reasons: [`${count} without charge can serve it; the order is random.`] };
}

/** Every order is as likely as any other. */
function shuffled(models: readonly AutoModel[], random: Random): readonly AutoModel[] {
  const order = [...models];
  for (let left = order.length - 1; left > 0; left--) {
    const pick = Math.floor(random.next() * (left + 1));
    const [a, b] = [order[left], order[pick]];
    if (a && b) {
      order[left] = b;
      order[pick] = a;
    }
  }
  return order;
}
