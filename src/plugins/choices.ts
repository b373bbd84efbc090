/**
 * Which plugins a request gets, with their options: its own `plugins`, the older `transforms`, the account's defaults. The request
 * wins, plugin by plugin (OpenRouter's API). Nothing is ignored silently: what nobody fulfils is a note, what is wrong is refused.
 */
import type { PluginWish } from '../core/demand.ts';
import { invalidRequest } from '../core/errors.ts';
import { isJsonArray, type Json, type JsonObject, stringAt } from '../core/json.ts';
import type { Note } from '../core/note.ts';
import { type PluginEntry, readChoice } from './options.ts';
import type { WebOptions } from './web/effect.ts';

export interface PluginChoices {
  readonly notes: readonly Note[];
  /** `default`: for short contexts only. */
  readonly compression: 'forbidden' | 'default' | 'asked';
  readonly healing: HealingChoice | null;
  /** `native`: files are left to the endpoints. */
  readonly files: 'native' | 'default' | 'text';
  readonly web: WebOptions | null;
}

export interface HealingChoice {
  /** Where it was asked for: `plugins[0]`. */
  readonly field: string;
  /** False where only the account's defaults ask for it. */
  readonly isRequired: boolean;
}

export interface PluginSources {
  readonly wishes: readonly PluginWish[];
  /** The field as it was sent, before there were plugins: `["middle-out"]` or `[]`. */
  readonly transforms?: Json | undefined;
  /** The model was asked for as `…:online`: the web plugin, unless the request says otherwise. */
  readonly isOnline?: boolean;
  /** The account's: `plugins.defaults` of the configuration. */
  readonly defaults: readonly JsonObject[];
}

/** Where nobody says anything. */
export const NO_CHOICES: PluginChoices = {
  notes: [],
  compression: 'default',
  healing: null,
  files: 'default',
  web: null,
};

/** @throws GatewayError `client.invalid_request` with the option's path, `gateway.unsupported` for an engine that needs a service */
export function choosePlugins({ wishes, transforms, isOnline, defaults }: PluginSources): PluginChoices {
  const isSilent = wishes.length === 0 && defaults.length === 0 && transforms == null && !isOnline;
  if (isSilent) return NO_CHOICES;
  const notes: Note[] = [];
  const chosen = new Map<string, PluginEntry>();
  for (const [at, wish] of wishes.entries()) {
    const path = `plugins[${at}]`;
    if (wish.id === '')
      throw invalidRequest(`${path}.id`, 'required; the name of a plugin, such as web or file-parser');
    if (!chosen.has(wish.id)) chosen.set(wish.id, { ...wish, path, isRequired: true });
    else
      notes.push({
        code: 'parameter.dropped',
        field: path,
        message: `${wish.id} was asked for before; the first counts`,
      });
  }
  const compression = compressionOf(transforms, notes);
  if (compression && !chosen.has(compression.id)) chosen.set(compression.id, compression);
  if (isOnline && !chosen.has(ONLINE.id)) chosen.set(ONLINE.id, ONLINE);
  for (const [at, options] of defaults.entries()) {
    const id = stringAt(options, 'id') ?? '';
    const path = `plugins.defaults[${at}]`;
    if (!chosen.has(id))
      chosen.set(id, { id, enabled: options['enabled'] !== false, options, path, isRequired: false });
  }
  let choices: PluginChoices = { ...NO_CHOICES, notes };
  for (const entry of chosen.values()) choices = { ...choices, ...readChoice(entry, notes) };
  return choices;
}

const ONLINE: PluginEntry = { id: 'web', enabled: true, options: {}, path: 'model', isRequired: true };

const MIDDLE_OUT = 'middle-out';

function compressionOf(transforms: Json | undefined, notes: Note[]): PluginEntry | undefined {
  if (transforms === undefined || transforms === null) return undefined;
  if (!isJsonArray(transforms)) throw invalidRequest('transforms', 'must be a list: ["middle-out"], or [] for none');
  for (const [at, name] of transforms.entries()) {
    if (typeof name !== 'string') throw invalidRequest(`transforms[${at}]`, 'must be a text: middle-out');
    if (name === MIDDLE_OUT) continue;
    notes.push({ code: 'parameter.dropped', field: `transforms[${at}]`, message: `no transform is called ${name}` });
  }
  const enabled = transforms.includes(MIDDLE_OUT);
  // A list of unknown names only says nothing about this one.
  if (!enabled && transforms.length > 0) return undefined;
  return { id: 'context-compression', enabled, options: {}, path: 'transforms', isRequired: true };
}
