/** The snippets of a client's guide, as they stand there: code, and what the guide says that it prints. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Gateway } from './start-gateway.ts';

export interface Snippet {
  /** The gateway's address in place of the guide's. */
  readonly code: string;
  /** Null where the guide shows no output. */
  readonly told: string | null;
}

const FOLDER = join(import.meta.dir, '../../docs/guides/clients');
const FENCED = /^```(\w+)\n(.*?)^```$/gms;

export function snippetsOf(page: string, language: string, { url }: Pick<Gateway, 'url'>): readonly Snippet[] {
  const blocks = [...readFileSync(join(FOLDER, `${page}.md`), 'utf8').matchAll(FENCED)];
  return blocks.flatMap(([, written, code = ''], at) => {
    if (written !== language) return [];
    const [, next, output = ''] = blocks[at + 1] ?? [];
    return [{ code: code.replaceAll('http://127.0.0.1:8484', url), told: next === 'text' ? output.trim() : null }];
  });
}

/** Every page about clients, whole. */
export function guideTexts(): readonly string[] {
  return readdirSync(FOLDER).map((name) => readFileSync(join(FOLDER, name), 'utf8'));
}
