/** How a request names a preset (https://openrouter.ai/docs/guides/features/presets, "Using Presets"). */
import { invalidRequest } from '../core/errors.ts';
import { isJsonArray, type Json, type JsonObject } from '../core/json.ts';

export interface PresetReference {
  readonly slug: string;
  /** Path of the field that names it. */
  readonly field: string;
}

const MARK = '@preset/';

/**
 * The preset that a request names by `preset`, by `model` or in the first of `models`; null where it names none, which is
 * told by reading these fields alone.
 * @throws GatewayError `client.invalid_request` where it names two, or one in a place where it would not be applied
 */
export function presetReferenceOf(body: JsonObject): PresetReference | null {
  const { preset, model, models } = body;
  if (typeof preset !== 'string' && models === undefined) {
    // The usual request: nothing but its model's name is looked at.
    return typeof model === 'string' ? referenceIn(model, 'model') : null;
  }
  const listed = isJsonArray(models) ? models.map((name, at) => referenceIn(name, `models[${at}]`)) : [];
  const [first = null, ...others] = listed;
  const late = others.find((reference) => reference !== null);
  if (late) throw invalidRequest(late.field, 'only the first of models may name a preset');
  const [chosen = null, ...more] = [
    typeof preset === 'string' ? { slug: preset, field: 'preset' } : null,
    referenceIn(model, 'model'),
    first,
  ].filter((reference) => reference !== null);
  const second = more.find(({ slug }) => slug !== chosen?.slug);
  if (second) throw invalidRequest(second.field, `names another preset than ${chosen?.field}; one request takes one`);
  return chosen;
}

/** The model's name without the preset's; undefined where nothing is left. */
export function withoutReference(name: string): string | undefined {
  const at = name.indexOf(MARK);
  return (at < 0 ? name : name.slice(0, at)) || undefined;
}

function referenceIn(name: Json | undefined, field: string): PresetReference | null {
  if (typeof name !== 'string') return null;
  const at = name.indexOf(MARK);
  return at < 0 ? null : { slug: name.slice(at + MARK.length), field };
}
