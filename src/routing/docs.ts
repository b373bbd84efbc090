/** Pages of the wire contract that errors without an endpoint link, as `docs_url` (OpenRouter's API). */
export const ROUTING_DOCS_URL = 'https://openrouter.ai/docs/features/provider-routing';
export const MODELS_DOCS_URL = 'https://openrouter.ai/docs/models';
