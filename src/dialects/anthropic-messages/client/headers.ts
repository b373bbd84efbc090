/** Request headers of the messages grammar. */
import type { Note } from '../../../core/note.ts';

interface Headers {
  get(name: string): string | null;
}

const MOST_BETAS = 64;
const NONE: readonly string[] = [];

/** Preview features, in the grammar's own header or OpenRouter's: comma lists, possibly repeated. Each is named once. */
export function betasOf(headers: Headers): readonly string[] {
  const own = headers.get('anthropic-beta');
  const ours = headers.get('x-anthropic-beta');
  if (own === null && ours === null) return NONE;
  const listed = `${own ?? ''},${ours ?? ''}`
    .split(',')
    .map((name) => name.trim())
    .filter((name) => /^[\w.-]{1,64}$/.test(name));
  return [...new Set(listed)].slice(0, MOST_BETAS);
}

/** What a request may be written in; both are answered alike, with every member of the newer one. */
const VERSIONS: readonly string[] = ['2023-06-01', '2026-10-21'];

/** A version that nobody here knows is answered as the newest one, and noted. */
export function versionNotes(headers: Headers): readonly Note[] {
  const version = headers.get('anthropic-version');
  if (version === null || VERSIONS.includes(version.trim())) return [];
  return [
    {
      code: 'parameter.changed',
      field: 'anthropic-version',
      message: `There is no version ${version.slice(0, 32)} here; the request was read as ${VERSIONS.at(-1)}.`,
    },
  ];
}

const MAX_SESSION_ID = 256;

/** The conversation that Claude Code names: its requests do well to stay where its prompt is cached. */
export function sessionOf(headers: Headers): string | null {
  const session = headers.get('x-claude-code-session-id');
  return session !== null && session !== '' && session.length <= MAX_SESSION_ID ? session : null;
}

/** Whether a client of this grammar asks, where a path is another grammar's too (`/v1/models`): it names a version each time. */
export function isOwnClient(headers: { has(name: string): boolean }): boolean {
  return headers.has('anthropic-version');
}
