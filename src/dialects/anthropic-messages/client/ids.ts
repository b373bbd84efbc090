/** Ids of this grammar: its own prefix before the suffix of the exchange's id. */
export function messageId(exchangeId: string): string {
  return `msg_${exchangeId.replace(/^gen-/, '')}`;
}
