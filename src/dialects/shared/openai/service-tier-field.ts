/** The tier a host is asked for: the endpoint's, so that what is billed there is what was planned with. */
import type { JsonObject, MutableJsonObject } from '../../../core/json.ts';
import type { Note } from '../../../core/note.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { isPricedApart, tierServed } from '../gateway/service-tier.ts';

const FIELD = 'service_tier';

/**
 * Both lanes. An endpoint of a tier asks for it whatever the caller said, since its price is that tier's; any other endpoint is
 * never asked for a tier with a price of its own. A gateway reports what it charged, so it is told the caller's words.
 */
export function writeServiceTier(
  body: MutableJsonObject,
  asked: string | undefined,
  context: UpstreamContext,
  notes: Note[],
): void {
  const { quirks, providerName } = context.host;
  const name = quirks.renames?.[FIELD] ?? FIELD;
  const drop = (message: string): void => {
    notes.push({ code: 'parameter.dropped', field: FIELD, message });
  };
  if (context.serviceTier) body[name] = context.serviceTier;
  if (context.serviceTier || asked === undefined) return;
  if (quirks.rejects?.includes(FIELD)) drop(`${providerName} does not take ${FIELD}`);
  else if (quirks.gatewayFields || !isPricedApart(asked)) body[name] = asked;
  else drop(`this endpoint has no tier ${asked}; ${providerName} serves it at its standard price`);
}

/** Members of a frame with its tier in the words that the whole reply has. */
export function withTierServed(members: JsonObject | undefined): JsonObject | undefined {
  const word = members?.[FIELD];
  if (typeof word !== 'string') return members;
  const tier = tierServed(word);
  return tier === word ? members : { ...members, [FIELD]: tier };
}
