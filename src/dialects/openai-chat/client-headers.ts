/** Request headers of the chat contract that ask something of a provider. */

/** `x-anthropic-beta`: a comma list of preview features for Anthropic's own grammar (OpenRouter's API). */
export function betasOf(headers: { get(name: string): string | null }): readonly string[] {
  const listed = headers.get('x-anthropic-beta');
  if (listed === null) return NONE;
  return listed
    .split(',')
    .map((name) => name.trim())
    .filter((name) => /^[\w.-]{1,64}$/.test(name));
}

const NONE: readonly string[] = [];
