/** What a caller asks of the gateway by request headers (OpenRouter's API). */
import { ASKED_NOTHING, type AskedByHeader } from '../../pipeline/exchange.ts';
import { VIA_HEADER } from '../../pipeline/live-provider.ts';

/** Longest list of gateways that is read; a real chain has two or three. */
const MAX_VIA = 16;

export function askedByHeader(headers: { get(name: string): string | null }): AskedByHeader {
  const metadata = headers.get('x-openrouter-metadata') ?? headers.get('x-openrouter-experimental-metadata');
  const noPromptTraining = headers.get('x-openrouter-no-prompt-training');
  const via = headers.get(VIA_HEADER);
  if (metadata === null && noPromptTraining === null && via === null) return ASKED_NOTHING;
  return {
    // Anything but this word counts as disabled.
    metadata: metadata?.trim().toLowerCase() === 'enabled',
    noPromptTraining: isYes(noPromptTraining),
    via:
      via === null
        ? []
        : via
            .split(',')
            .slice(0, MAX_VIA)
            .map((id) => id.trim()),
  };
}

function isYes(value: string | null): boolean {
  return value !== null && ['true', '1', 'enabled', 'yes'].includes(value.trim().toLowerCase());
}
