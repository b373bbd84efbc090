/** Whose output may train other models: data with a page per line, and where no line speaks nobody said so. */
import { z } from 'zod';
import rulesJson from './data/distillable.json';

const rules = z
  .array(
    z.strictObject({
      author: z.string(),
      /** Patterns of whole slugs. */
      models: z.array(z.string()).min(1),
      /** The licence, or the author's terms. */
      permits: z.string(),
      source: z.url(),
      /** What it says, where the licence's name does not. */
      says: z.string().optional(),
    }),
  )
  .parse(rulesJson);

const PATTERN_BY_AUTHOR: ReadonlyMap<string, RegExp> = new Map(
  Object.entries(Object.groupBy(rules, ({ author }) => author)).map(([author, lines = []]) => [
    author,
    new RegExp(`^(?:${lines.flatMap(({ models }) => models).join('|')})$`),
  ]),
);

/** @param id public id; a variant (`:free`) is its model */
export function permitsDistillation(id: string): boolean {
  const [author = '', slug = ''] = id.replace(/:.*$/, '').split('/');
  return PATTERN_BY_AUTHOR.get(author)?.test(slug) ?? false;
}
