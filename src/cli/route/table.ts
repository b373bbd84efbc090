/** Columns as wide as their widest cell; the last one ends where it ends. */
export function tableLines(rows: readonly (readonly string[])[]): readonly string[] {
  const cells = rows.map((row) => row.map(oneLine));
  const widths = cells.reduce<number[]>(
    (found, row) => row.map((cell, column) => Math.max(found[column] ?? 0, cell.length)),
    [],
  );
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Names are users' text: they must not move the terminal's cursor. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
