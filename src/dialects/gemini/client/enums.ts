/** Google's enumerations by name or number, in any case, as their clients of several generations write them. */

type Written = string | number | null | undefined;

/** https://ai.google.dev/api/caching#Type */
const TYPES = ['', 'string', 'number', 'integer', 'boolean', 'array', 'object', 'null'];

/** JSON Schema's name of a type; undefined where it says nothing. */
export function schemaType(written: Written): string | undefined {
  if (typeof written === 'number') return TYPES[written] || undefined;
  const word = written?.toLowerCase();
  return word === 'type_unspecified' ? undefined : word || undefined;
}

const NUMBERED_MODES = ['AUTO', 'AUTO', 'ANY', 'NONE'] as const;
const MODES = [...NUMBERED_MODES, 'VALIDATED'] as const;
type CallingMode = (typeof MODES)[number];

/** https://ai.google.dev/api/caching#Mode; what nobody knows is the default, as where nothing is said. */
export function callingMode(written: Written): CallingMode {
  if (typeof written === 'number') return NUMBERED_MODES[written] ?? 'AUTO';
  const word = written?.toUpperCase();
  return MODES.find((mode) => mode === word) ?? 'AUTO';
}

const MODALITIES = ['text', 'text', 'image', 'audio'];

export function modalityWord(written: string | number): string {
  return typeof written === 'number' ? (MODALITIES[written] ?? 'text') : written.toLowerCase();
}

const LEVELS = ['minimal', 'low', 'medium', 'high'] as const;
type ThinkingLevel = (typeof LEVELS)[number];

/** Undefined where the model's own default is asked for. */
export function thinkingLevel(written: string | null | undefined): ThinkingLevel | undefined {
  const word = written?.toLowerCase();
  return LEVELS.find((level) => level === word);
}

/** `flex`, `priority`, `default`. */
export function tierWord(written: string | null | undefined): string | undefined {
  if (!written) return undefined;
  const word = written.toLowerCase().replace(/^service_tier_/, '');
  return word === 'standard' || word === 'unspecified' ? 'default' : word;
}
