/** Joins the pieces of one reasoning detail as OpenRouter's documentation tells clients to: texts grow, the rest is set once. */
export function joinDetails(
  known: Readonly<Record<string, unknown>> | undefined,
  piece: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const joined: Record<string, unknown> = { ...known };
  for (const [name, value] of Object.entries(piece)) {
    const before = joined[name];
    const grows = name === 'text' || name === 'summary' || name === 'data';
    if (grows && typeof before === 'string' && typeof value === 'string') joined[name] = before + value;
    else if (value !== null && value !== undefined) joined[name] = value;
    else joined[name] ??= value;
  }
  return joined;
}
