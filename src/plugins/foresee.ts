/** What the plugins of a request would do, without doing it: for dry runs. What a search or a file brings is not known then. */
import type { GatewayError } from '../core/errors.ts';
import { contextLimit, type PluginQuestion, readsFiles, SURELY_FITS_TOKENS } from './active-plugins.ts';
import { choosePlugins, type HealingChoice, NO_CHOICES, type PluginChoices } from './choices.ts';
import type { ActivePlugins } from './plugin.ts';
import { asksForJson } from './response-healing/effect.ts';
import { noSearch } from './web/effect.ts';

export interface Foresight {
  /** What routing must know of them; null where none acts. */
  readonly active: ActivePlugins | null;
  readonly acts: readonly { readonly id: string; readonly summary: string }[];
  /** Where one cannot do what is asked. */
  readonly refusal: GatewayError | null;
}

/** @throws GatewayError `client.invalid_request` for wrong options, `gateway.unsupported` for an engine that needs a service */
export function foreseePlugins(question: PluginQuestion, { hasSearch }: { readonly hasSearch: boolean }): Foresight {
  const { demand, transforms, isOnline, defaults } = question;
  const choices = choosePlugins({ wishes: demand.plugins, transforms, isOnline: isOnline === true, defaults });
  const hasFiles = readsFiles(choices, question);
  const isPlain = choices === NO_CHOICES && !hasFiles && demand.promptTokensEstimate <= SURELY_FITS_TOKENS;
  const acts = [
    ...(choices.web ? [{ id: 'web', summary: 'the web is searched, and what is found goes into the prompt' }] : []),
    ...(hasFiles ? [{ id: 'file-parser', summary: 'files become text for endpoints that take none' }] : []),
    ...(choices.compression === 'asked'
      ? [{ id: 'context-compression', summary: 'a prompt that is too long loses its middle' }]
      : []),
    ...(heals(choices.healing, question) ? [{ id: 'response-healing', summary: 'broken JSON is mended' }] : []),
  ];
  return {
    active: isPlain ? null : activeOf(choices, hasFiles),
    acts,
    refusal: choices.web && !hasSearch ? noSearch(choices.web) : null,
  };
}

function activeOf({ notes, compression }: PluginChoices, hasFiles: boolean): ActivePlugins {
  const fitsContextUpTo = contextLimit(compression);
  return {
    notes,
    stages: [],
    usage: {},
    addedPromptTokens: 0,
    readsFiles: hasFiles,
    fitsContextUpTo,
  };
}

function heals(choice: HealingChoice | null, { demand, request }: PluginQuestion): boolean {
  return choice !== null && !demand.stream && asksForJson(request().responseFormat);
}
