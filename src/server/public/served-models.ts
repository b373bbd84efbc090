/** The models that are served, as lists of other grammars than chat's name and find them. */
import type { Model } from '../../catalog/model.ts';
import { GatewayError } from '../../core/errors.ts';
import { WHOLE_KINDS } from '../../core/exchange-kind.ts';
import type { Snapshot } from '../../pipeline/snapshot.ts';

const WHOLE: readonly string[] = WHOLE_KINDS;

/** What else there is (rerank, moderation) is asked in other grammars. */
export const isConversational = ({ outputModalities }: Model): boolean =>
  outputModalities.some((kind) => !WHOLE.includes(kind));

/**
 * The model of this name; a variant (`:nitro`) is the same model.
 * @param list where the caller's grammar lists them
 * @param shown the name as that grammar writes it
 * @throws GatewayError `client.not_found` with near matches
 */
export function servedModel(snapshot: Snapshot, name: string, list: string, shown = name): Model {
  const resolved = snapshot.resolve(name.replace(/\?.*$/, ''));
  if (resolved.kind === 'found') {
    const model = snapshot.models.get(resolved.id) ?? snapshot.models.get(resolved.id.replace(/:.*$/, ''));
    if (model) return model;
  }
  const near = resolved.kind === 'unknown' && resolved.near.length > 0 ? ` Near: ${resolved.near.join(', ')}.` : '';
  const message = `${shown.slice(0, 200)} is not found, or no configured provider serves it.${near} GET ${list} lists those that are served.`;
  throw new GatewayError('client.not_found', message);
}
