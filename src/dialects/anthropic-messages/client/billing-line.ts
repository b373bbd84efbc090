/**
 * A line that Claude Code puts first into its system prompt for Anthropic's own accounting. It differs from request to
 * request, so it would keep every other host from finding the prompt in its cache, and every conversation from its endpoint.
 */
const BILLING_LINE = /^x-anthropic-billing-header:[^\n]*\s*$/;

export function isBillingLine(text: string): boolean {
  return BILLING_LINE.test(text);
}
