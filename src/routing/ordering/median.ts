/** The middle value, of two the smaller; 0 where there is none. Sorts the list. */
export function lowerMedian(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[(values.length - 1) >> 1] ?? 0;
}
