/** Preview features that a request needs or its caller asked for. */

export const FILES_BETA = 'files-api-2025-04-14';
/** https://platform.claude.com/docs/en/build-with-claude/fast-mode: `speed` is refused without it. */
export const FAST_MODE_BETA = 'fast-mode-2026-02-01';

/** What the request itself needs and what the caller asked for, each once. */
export function betaHeader(names: readonly string[]): { readonly 'anthropic-beta'?: string } {
  const betas = new Set(names);
  return betas.size === 0 ? {} : { 'anthropic-beta': [...betas].join(',') };
}
