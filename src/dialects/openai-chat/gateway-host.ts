import type { MutableJsonObject } from '../../core/json.ts';
import type { UpstreamContext } from '../dialect.ts';

const NO_HEADERS: Readonly<Record<string, string>> = {};

/** Tells a host that is a gateway itself what is required of it (OpenRouter's API); gives the headers that say the rest. */
export function tellGateway(body: MutableJsonObject, { gateway }: UpstreamContext): Readonly<Record<string, string>> {
  if (!gateway) return NO_HEADERS;
  const { provider, noPromptTraining } = gateway;
  if (Object.keys(provider).length > 0) body['provider'] = provider;
  else delete body['provider'];
  return noPromptTraining ? { 'x-openrouter-no-prompt-training': 'true' } : NO_HEADERS;
}
