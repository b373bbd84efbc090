/** What a model must be able to do for a request, as opposed to what would be good. */
import type { Endpoint } from '../../catalog/model.ts';
import type { Demand } from '../../core/demand.ts';
import type { AutoModel } from './pool.ts';

export interface Needs {
  readonly demand: Demand;
  /** Files are turned into text for endpoints that take none. */
  readonly readsFiles: boolean;
  /** The prompt is fitted to the endpoint: half of what it needs must have room. */
  readonly fitsPrompt: boolean;
  /** Whether the account, its guardrails and the request's preferences let this endpoint serve. */
  admits(endpoint: Endpoint): boolean;
}

const NEEDED_PARAMETERS: ReadonlySet<string> = new Set(['tools', 'structured_outputs', 'response_format']);
const FITTED_SHARE = 0.5;

/** Why the model cannot serve the request, or undefined where one of its endpoints can. */
export function inability(model: AutoModel, needs: Needs): string | undefined {
  let first = lackingModality(model, needs);
  if (first !== undefined) return first;
  for (const endpoint of model.endpoints) {
    const lacks =
      lackOf(endpoint, needs) ?? (needs.admits(endpoint) ? undefined : 'your settings leave no endpoint of it');
    if (lacks === undefined) return undefined;
    first ??= lacks;
  }
  return first ?? 'no endpoint serves it';
}

function lackOf(endpoint: Endpoint, needs: Needs): string | undefined {
  const modality = lackingModality(endpoint, needs);
  if (modality !== undefined) return modality;
  const parameter = lackingParameter(endpoint, needs.demand);
  return parameter === undefined ? lackOfRoom(endpoint, needs) : `does not support ${parameter}`;
}

function lackingModality(
  has: { readonly inputModalities: readonly string[]; readonly outputModalities: readonly string[] },
  { demand, readsFiles }: Needs,
): string | undefined {
  for (const input of demand.inputModalities) {
    if (has.inputModalities.includes(input) || (input === 'file' && readsFiles)) continue;
    return `takes no ${input} input`;
  }
  for (const output of demand.outputModalities) {
    if (!has.outputModalities.includes(output)) return `gives no ${output} output`;
  }
  return undefined;
}

function lackingParameter({ supportedParameters }: Endpoint, { parameters, hasTools }: Demand): string | undefined {
  if (hasTools && !supportedParameters.includes('tools')) return 'tools';
  for (const parameter of parameters) {
    if (!NEEDED_PARAMETERS.has(parameter) || supportedParameters.includes(parameter)) continue;
    // Who follows a schema gives JSON.
    if (parameter === 'response_format' && supportedParameters.includes('structured_outputs')) continue;
    return parameter;
  }
  return undefined;
}

function lackOfRoom(endpoint: Endpoint, { demand, fitsPrompt }: Needs): string | undefined {
  const { promptTokensEstimate: prompt, maxOutputTokens } = demand;
  if (maxOutputTokens !== null && endpoint.maxOutputTokens !== null && endpoint.maxOutputTokens < maxOutputTokens) {
    return `gives at most ${endpoint.maxOutputTokens} tokens`;
  }
  if (endpoint.contextIsAssumed) return undefined;
  const needed = fitsPrompt ? prompt * FITTED_SHARE : prompt + (maxOutputTokens ?? 0);
  if (needed > endpoint.contextLength) return `has a context of ${endpoint.contextLength}`;
  const most = endpoint.maxPromptTokens;
  return !fitsPrompt && most !== null && prompt > most ? `takes prompts of ${most} tokens` : undefined;
}
