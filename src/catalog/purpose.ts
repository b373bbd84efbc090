/** What a model was made for, where it was made for one thing: data with its sources in data/purposes.json. */
import { z } from 'zod';
import purposesJson from './data/purposes.json';

/**
 * - `code`, `roleplay`, `translation`: better there than elsewhere;
 * - `domain`: one trade, language or setting;
 * - `tool`: holds no conversation (moderation, page scans, merging edits);
 * - `shared`: cheap because its maker may train on what is sent.
 */
export type ModelPurpose = 'general' | 'code' | 'roleplay' | 'translation' | 'domain' | 'tool' | 'shared';

const { rows } = z
  .object({
    rows: z.array(
      z.object({
        purpose: z.enum(['code', 'roleplay', 'translation', 'domain', 'tool', 'shared']),
        ids: z.array(z.string()),
        source: z.string(),
      }),
    ),
  })
  .parse(purposesJson);

const PATTERNS = rows.map(({ purpose, ids }) => ({
  purpose,
  pattern: new RegExp(`^(?:${ids.map(source).join('|')})$`),
}));

/** The lists are ours, short and without two stars in a row. */
function source(glob: string): string {
  return glob.replace(/[.+]/g, '\\$&').replaceAll('*', '.*');
}

/** @param id a public id, of a `:variant` too */
export function purposeOf(id: string): ModelPurpose {
  return PATTERNS.find(({ pattern }) => pattern.test(id))?.purpose ?? 'general';
}
