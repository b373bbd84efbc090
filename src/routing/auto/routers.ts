/** Names of the models that choose another model here (OpenRouter's API). */
export type ModelRouter = 'auto' | 'free';

const ROUTERS: Readonly<Record<string, ModelRouter>> = {
  'openrouter/auto': 'auto',
  'openrouter/auto-beta': 'auto',
  auto: 'auto',
  'openrouter/free': 'free',
};

/** Null for a model that answers itself. */
export function routerNamed(model: string): ModelRouter | null {
  return Object.hasOwn(ROUTERS, model) ? (ROUTERS[model] ?? null) : null;
}

/** As it is recorded and told. */
export const ROUTER_NAMES: Readonly<Record<ModelRouter, string>> = { auto: 'openrouter/auto', free: 'openrouter/free' };
