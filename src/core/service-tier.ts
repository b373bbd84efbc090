/** Ways a host serves the same model at another price (OpenRouter's API). A request may say `fast` for `priority`. */
export type ServiceTier = 'priority' | 'flex';

/** The tier a request asks for, or null where it asks for none that is priced apart. */
export function tierAsked(serviceTier: string | null): ServiceTier | null {
  switch (serviceTier) {
    case 'priority':
    case 'fast':
      return 'priority';
    case 'flex':
      return 'flex';
    default:
      return null;
  }
}
