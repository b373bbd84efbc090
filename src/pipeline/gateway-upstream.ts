/** What a provider that is a gateway itself is told: the caller's wishes, made as strict as what holds here. */
import { isJsonArray, type JsonObject, type MutableJsonObject, objectAt } from '../core/json.ts';
import { formatPicoUsd } from '../core/money.ts';
import { PRICE_CAP_AXES } from '../core/preferences.ts';
import type { UpstreamContext } from '../dialects/dialect.ts';
import type { HostProfile } from '../dialects/host.ts';
import type { EffectivePreferences } from '../routing/preferences.ts';
import type { AskedByHeader } from './exchange.ts';

const PICO_PER_MILLION = 1_000_000n;
/** Lists of provider slugs: a slug of ours means nothing there. */
const SLUG_LISTS = ['order', 'only', 'ignore'] as const;

/** Undefined for a host that takes no `provider` object, and where there is nothing to say. */
export function toldToGateway(
  host: HostProfile,
  asked: JsonObject | undefined,
  preferences: EffectivePreferences,
  { noPromptTraining }: AskedByHeader,
): UpstreamContext['gateway'] {
  if (!host.quirks.gatewayFields?.includes('provider')) return undefined;
  const provider: MutableJsonObject = { ...asked };
  for (const list of SLUG_LISTS) {
    const slugs = provider[list];
    if (!isJsonArray(slugs)) continue;
    // The gateway's own slug chose this endpoint; its providers are named by the others.
    const theirs = slugs.filter((slug) => slug !== host.providerId && slug !== host.providerName);
    if (theirs.length > 0) provider[list] = theirs;
    else delete provider[list];
  }
  if (preferences.dataCollection === 'deny') provider['data_collection'] = 'deny';
  if (preferences.zdr) provider['zdr'] = true;
  if (preferences.enforceDistillableText) provider['enforce_distillable_text'] = true;
  if (preferences.requireParameters) provider['require_parameters'] = true;
  const caps = capsOf(preferences, objectAt(provider, 'max_price'));
  if (caps) provider['max_price'] = caps;
  if (Object.keys(provider).length === 0 && !noPromptTraining) return undefined;
  return { provider, noPromptTraining };
}

/** The caps in force, in the wire's unit: per million tokens, per request and image. */
export function capsOf({ maxPrice }: EffectivePreferences, asked: JsonObject | undefined): JsonObject | undefined {
  const caps: MutableJsonObject = { ...asked };
  for (const axis of PRICE_CAP_AXES) {
    const cap = maxPrice[axis];
    if (cap === undefined) continue;
    caps[axis] = formatPicoUsd(axis === 'request' || axis === 'image' ? cap : cap * PICO_PER_MILLION);
  }
  return Object.keys(caps).length > 0 ? caps : undefined;
}
