/** The `provider` object of a request (OpenRouter's API), the same in every client grammar. */
import type { ProviderPreferences } from '../../core/demand.ts';
import { arrayAt, isJsonObject, type JsonObject, objectAt } from '../../core/json.ts';
import { parsePicoUsd } from '../../core/money.ts';

/** The object is checked before: what is not of the contract's type was refused at the door. */
export function decodePreferences(provider: JsonObject): ProviderPreferences {
  const maxPrice = objectAt(provider, 'max_price');
  const sort = provider['sort'];
  const by = isJsonObject(sort) ? sort['by'] : sort;
  const order = stringsAt(provider, 'order');
  const only = stringsAt(provider, 'only');
  const ignore = stringsAt(provider, 'ignore');
  const quantizations = stringsAt(provider, 'quantizations');
  return {
    ...(order && { order }),
    ...(only && { only }),
    ...(ignore && { ignore }),
    ...(quantizations && { quantizations }),
    ...((by === 'price' || by === 'throughput' || by === 'latency' || by === 'exacto') && { sort: by }),
    allowFallbacks: provider['allow_fallbacks'] !== false,
    requireParameters: provider['require_parameters'] === true,
    dataCollection: provider['data_collection'] === 'deny' ? 'deny' : 'allow',
    zdr: provider['zdr'] === true,
    maxPrice: {
      ...perMillion(maxPrice, 'prompt'),
      ...perMillion(maxPrice, 'completion'),
      ...perUnit(maxPrice, 'request'),
      ...perUnit(maxPrice, 'image'),
      ...perMillion(maxPrice, 'audio'),
    },
  };
}

function stringsAt(object: JsonObject, key: string): readonly string[] | undefined {
  return arrayAt(object, key)?.filter((item): item is string => typeof item === 'string');
}

type PriceCaps = ProviderPreferences['maxPrice'];

/** USD per million tokens → picodollars per token. */
function perMillion(caps: JsonObject | undefined, axis: 'prompt' | 'completion' | 'audio'): PriceCaps {
  const pico = capAt(caps, axis);
  return pico === undefined ? {} : { [axis]: pico / 1_000_000n };
}

function perUnit(caps: JsonObject | undefined, axis: 'request' | 'image'): PriceCaps {
  const pico = capAt(caps, axis);
  return pico === undefined ? {} : { [axis]: pico };
}

function capAt(caps: JsonObject | undefined, axis: string): bigint | undefined {
  const value = caps?.[axis];
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  return parsePicoUsd(String(value));
}
