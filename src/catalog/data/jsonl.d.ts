/** Rows come in as text (`with { type: 'text' }`): a typed JSON import of this size would slow the type checker down. */
declare module '*.jsonl' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: this is how Bun exposes a text import.
  export default text;
}
