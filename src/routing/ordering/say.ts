/** What decided, in words; a reason is told where it applies. */
export type Say = (rule: string, because: string) => void;
