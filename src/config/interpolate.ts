/** `${NAME}` and `${NAME:-default}` in any string of the file; `$${` is a literal `${`. */
import type { Path, Report } from './problems.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$(\$?)\{([^}]*)\}/g;
const NAME = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/;

/** The same tree with every reference filled in; what cannot be is reported and left empty. */
export function interpolate(value: unknown, env: Environment, report: Report, path: Path = []): unknown {
  if (typeof value === 'string') return interpolateText(value, env, report, path);
  if (Array.isArray(value)) return value.map((item, i) => interpolate(item, env, report, [...path, i]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, interpolate(member, env, report, [...path, key])]),
  );
}

function interpolateText(text: string, env: Environment, report: Report, path: Path): string {
  if (!text.includes('${')) return text;
  return text.replace(REFERENCE, (whole: string, escaped: string, inner: string) => {
    if (escaped) return whole.slice(1);
    const [, name, fallback] = NAME.exec(inner) ?? [];
    if (name === undefined) {
      report.problem(
        path,
        `a reference is written \${NAME} or \${NAME:-default}; write $\${ for the characters themselves.`,
      );
      return '';
    }
    const value = env[name];
    if (value !== undefined && value !== '') return value;
    if (fallback !== undefined) return fallback;
    const state = value === undefined ? 'is not set' : 'is set but empty';
    report.problem(path, `the environment variable ${name} ${state}. Set it, or write \${${name}:-default}.`);
    return '';
  });
}

// Only what no real key looks like: a short made-up key for a local server (`test`, `local-api-key`) must pass.
const PLACEHOLDERS: readonly RegExp[] = [
  /^<.*>$/,
  /^\[.*\]$/,
  /^\{\{.*\}\}$/,
  /^\$[A-Z_][A-Z0-9_]*$/i,
  /^(your|insert|enter|paste|replace)[-_ .]/i,
  /[-_ ]here$/i,
  /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*_(KEY|TOKEN)$/,
  /^[a-z0-9]{2,5}(-[a-z0-9]+){0,2}[-_](\.{2,}|…|x{3,}|\*{3,}|<.*>|your.*)$/i,
  /(\.{3}|…)$/,
  /^(x{3,}|\*{3,}|\.{2,}|…)$/i,
  /^(changeme|change[-_]me|replaceme|todo|fixme|placeholder|tbd)$/i,
];

/** True where a secret is a text from a document, as `<your-openrouter-key>`, `YOUR_API_KEY`, `sk-...`. */
export function isPlaceholder(secret: string): boolean {
  const text = secret.trim();
  return PLACEHOLDERS.some((pattern) => pattern.test(text));
}
