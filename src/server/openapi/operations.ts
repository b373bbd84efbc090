/** Every route's description, by method and path as they are mounted. A test holds the two lists together. */
import { messagesFields } from '../../dialects/anthropic-messages/client/schema.ts';
import { embeddingsFields } from '../../dialects/embeddings/client.ts';
import { batchEmbedContentsFields, embedContentFields } from '../../dialects/embeddings/gemini-client.ts';
import { geminiFields } from '../../dialects/gemini/client/wire-request.ts';
import { moderationFields } from '../../dialects/moderation/client.ts';
import { chatFields } from '../../dialects/openai-chat/wire-types.ts';
import { completionFields } from '../../dialects/openai-completions/wire-types.ts';
import { responsesFields } from '../../dialects/openai-responses/wire-types.ts';
import { rerankFields } from '../../dialects/rerank/client.ts';
import { createKeyFields, updateKeyFields } from '../management/keys.ts';
import { updatePresetFields } from '../management/presets.ts';
import type { Operation } from './operation.ts';

const EVENTS = 'text/event-stream';
const JSON_TYPE = 'application/json';
const STREAMED = [JSON_TYPE, EVENTS];
const MODELS_QUERY = {
  q: 'Words that id or name hold',
  supported_parameters: 'Comma list: every one is supported',
  input_modalities: 'Comma list: text, image, file, audio, video',
  output_modalities: 'Comma list: text, image, embeddings, rerank, …',
  context: 'Least context length, in tokens',
  min_price: 'USD per million prompt tokens',
  max_price: 'USD per million prompt tokens',
  min_output_price: 'USD per million completion tokens',
  max_output_price: 'USD per million completion tokens',
  arch: 'Beginning of the tokenizer’s name',
  model_authors: 'Comma list',
  providers: 'Comma list of slugs',
  zdr: 'true: endpoints that keep nothing',
  region: 'eu or us',
  min_age_days: 'Days since the release',
  max_age_days: 'Days since the release',
  all: 'true: the whole catalogue, served here or not',
  sort: 'newest, pricing-low-to-high, context-high-to-low, throughput-high-to-low, latency-low-to-high, …',
  offset: 'How many to leave out',
  limit: 'At most this many, 1000 at most',
};

const chat = {
  tag: 'Inference',
  answers: STREAMED,
  key: 'inference',
} as const;

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  // ---- inference ----
  'POST /chat/completions': {
    ...chat,
    summary: 'Create a chat completion',
    description: "OpenAI's chat grammar with OpenRouter's additions; `stream: true` gives server-sent events.",
    body: chatFields,
    returns: 'A chat.completion, or chat.completion.chunk events and [DONE]',
  },
  'POST /responses': {
    ...chat,
    summary: 'Create a response',
    description: "OpenAI's Responses grammar, stateless: nothing is stored, so the whole input is sent each time.",
    body: responsesFields,
    returns: 'A response, or its events',
  },
  'POST /messages': {
    ...chat,
    summary: 'Create a message',
    description: "Anthropic's Messages grammar; clients of it take the base address without /v1.",
    body: messagesFields,
    headers: {
      'anthropic-version': '2023-06-01 or 2026-10-21',
      'anthropic-beta': 'Comma list of preview features, passed on to hosts of this grammar',
    },
    errors: 'anthropic',
    returns: 'A message, or its events',
  },
  'POST /messages/count_tokens': {
    tag: 'Inference',
    summary: 'Estimate the tokens of a message request',
    body: messagesFields,
    errors: 'anthropic',
    key: 'inference',
    returns: '{"input_tokens"}',
  },
  'POST /completions': {
    ...chat,
    summary: 'Complete a text',
    description: "OpenAI's older grammar: a prompt instead of messages.",
    body: completionFields,
    returns: 'A text_completion, or its events and [DONE]',
  },
  'POST /embeddings': {
    tag: 'Inference',
    summary: 'Create embeddings',
    body: embeddingsFields,
    key: 'inference',
    returns: 'A list of vectors',
  },
  'POST /rerank': {
    tag: 'Inference',
    summary: 'Order documents by their relevance to a query',
    body: rerankFields,
    key: 'inference',
    returns: 'Indexes and scores, best first',
  },
  'POST /moderations': {
    tag: 'Inference',
    summary: 'Judge whether content is harmful',
    body: moderationFields,
    key: 'inference',
    returns: 'A judgement for each input',
  },
  // ---- the Gemini grammar ----
  'POST root:/v1beta/models/{model}:generateContent': {
    tag: 'Gemini',
    summary: 'Generate content',
    description: "Google's Gemini grammar, also under /api and /v1. The model's id may hold slashes.",
    body: geminiFields,
    errors: 'google',
    key: 'inference',
    returns: 'A GenerateContentResponse',
  },
  'POST root:/v1beta/models/{model}:streamGenerateContent': {
    tag: 'Gemini',
    summary: 'Generate content as a stream',
    query: { alt: 'sse: server-sent events; else one JSON array' },
    body: geminiFields,
    errors: 'google',
    answers: [EVENTS, JSON_TYPE],
    key: 'inference',
    returns: 'GenerateContentResponse objects',
  },
  'POST root:/v1beta/models/{model}:countTokens': {
    tag: 'Gemini',
    summary: 'Estimate the tokens of a request',
    body: geminiFields,
    errors: 'google',
    key: 'inference',
    returns: '{"totalTokens"}',
  },
  'POST root:/v1beta/models/{model}:embedContent': {
    tag: 'Gemini',
    summary: 'Make an embedding',
    body: embedContentFields,
    errors: 'google',
    key: 'inference',
    returns: '{"embedding"}',
  },
  'POST root:/v1beta/models/{model}:batchEmbedContents': {
    tag: 'Gemini',
    summary: 'Make embeddings',
    body: batchEmbedContentsFields,
    errors: 'google',
    key: 'inference',
    returns: '{"embeddings"}, one for each request',
  },
  'GET root:/v1beta/models': {
    tag: 'Gemini',
    summary: 'List the models',
    errors: 'google',
    key: 'public',
    returns: 'Models',
  },
  'GET root:/v1beta/models/{model}': {
    tag: 'Gemini',
    summary: 'One model',
    errors: 'google',
    key: 'public',
    returns: 'A model',
  },
  // ---- catalogue ----
  'GET /models': {
    tag: 'Catalogue',
    summary: 'List the models that the configured providers serve',
    query: MODELS_QUERY,
    key: 'public',
    returns: 'Models with prices and limits',
  },
  'GET /models/count': {
    tag: 'Catalogue',
    summary: 'Count them',
    query: MODELS_QUERY,
    key: 'public',
    returns: '{"count"}',
  },
  'GET /models/user': {
    tag: 'Catalogue',
    summary: 'List the models that this key may use',
    query: MODELS_QUERY,
    returns: 'Models',
  },
  'GET /model/:author/:slug': { tag: 'Catalogue', summary: 'One model', key: 'public', returns: 'A model' },
  'GET /models/:id': {
    tag: 'Catalogue',
    summary: 'One model, its id in one segment',
    key: 'public',
    returns: 'A model',
  },
  'GET /models/:author/:slug': { tag: 'Catalogue', summary: 'One model', key: 'public', returns: 'A model' },
  'GET /models/:author/:slug/endpoints': {
    tag: 'Catalogue',
    summary: 'The endpoints of a model',
    key: 'public',
    returns: 'Its endpoints with prices, limits and recent speed',
  },
  'GET /providers': {
    tag: 'Catalogue',
    summary: 'List providers',
    key: 'public',
    returns: 'Providers with their policies',
  },
  'GET /embeddings/models': {
    tag: 'Catalogue',
    summary: 'List embedding models',
    query: MODELS_QUERY,
    key: 'public',
    returns: 'Models',
  },
  // ---- generations ----
  'GET /generation': {
    tag: 'Generations',
    summary: 'Usage, cost and attempts of one generation',
    query: { id: 'gen-…, as in X-Generation-Id' },
    returns: 'The generation; 404 while it is running',
  },
  'GET /signalbox/generations/:id': {
    tag: 'Generations',
    summary: 'How one generation was routed: its plan and its attempts',
    returns: 'Plan, exclusions with reasons, attempts, notes',
  },
  'POST /signalbox/route': {
    tag: 'Generations',
    summary: 'Where a chat request would go and why, without sending it',
    body: chatFields,
    returns: 'The plan',
  },
  'GET /signalbox/sessions': {
    tag: 'Generations',
    summary: 'What the prompt caches of the latest sessions saved and cost',
    query: { limit: 'At most this many', offset: 'How many to leave out' },
    returns: 'Sessions',
  },
  'GET /signalbox/sessions/:id': {
    tag: 'Generations',
    summary: 'What the prompt cache of one session saved and cost',
    returns: 'A session',
  },
  // ---- keys ----
  'GET /key': { tag: 'Keys', summary: 'The key that asks, its limit and its usage', returns: 'The key' },
  'GET /keys': {
    tag: 'Keys',
    summary: 'List inference keys',
    query: { offset: 'How many to leave out', include_disabled: 'true or false', workspace_id: 'Of this workspace' },
    key: 'management',
    returns: 'Keys, never their text',
  },
  'POST /keys': {
    tag: 'Keys',
    summary: 'Create an inference key',
    body: createKeyFields,
    status: 201,
    key: 'management',
    returns: 'The key; its text is shown this once',
  },
  'GET /keys/:hash': { tag: 'Keys', summary: 'One key', key: 'management', returns: 'The key' },
  'PATCH /keys/:hash': {
    tag: 'Keys',
    summary: 'Change a key',
    body: updateKeyFields,
    key: 'management',
    returns: 'The key',
  },
  'DELETE /keys/:hash': { tag: 'Keys', summary: 'Delete a key', key: 'management', returns: '{"deleted": true}' },
  'GET /credits': {
    tag: 'Keys',
    summary: 'Credits and usage',
    key: 'management',
    returns: '{"total_credits", "total_usage"}',
  },
  // ---- presets ----
  'GET /presets': {
    tag: 'Presets',
    summary: "List the workspace's presets",
    query: { offset: 'How many to leave out', limit: 'At most this many' },
    returns: 'Presets',
  },
  'GET /presets/:slug': { tag: 'Presets', summary: 'One preset with its version in force', returns: 'The preset' },
  'PATCH /presets/:slug': {
    tag: 'Presets',
    summary: 'Change its name, description or status, or the version in force',
    body: updatePresetFields,
    returns: 'The preset',
  },
  'POST /presets/:slug/chat/completions': {
    tag: 'Presets',
    summary: 'Make a preset, or a new version of it, of a chat request',
    body: chatFields,
    returns: 'The preset',
  },
  'POST /presets/:slug/messages': {
    tag: 'Presets',
    summary: 'The same of a messages request',
    body: messagesFields,
    returns: 'The preset',
  },
  'POST /presets/:slug/responses': {
    tag: 'Presets',
    summary: 'The same of a responses request',
    body: responsesFields,
    returns: 'The preset',
  },
  'GET /presets/:slug/versions': { tag: 'Presets', summary: 'List the versions of a preset', returns: 'Versions' },
  'GET /presets/:slug/versions/:version': { tag: 'Presets', summary: 'One version', returns: 'The version' },
  // ---- operation ----
  'GET root:/': {
    tag: 'Operation',
    summary: 'A page for whoever opens the address',
    answers: ['text/html'],
    key: 'none',
    returns: 'A page',
  },
  'GET root:/docs': {
    tag: 'Operation',
    summary: 'This description as a page',
    answers: ['text/html'],
    key: 'none',
    returns: 'A page',
  },
  'GET root:/openapi.json': { tag: 'Operation', summary: 'This description', key: 'none', returns: 'OpenAPI 3.1' },
  'GET root:/health/live': {
    tag: 'Operation',
    summary: 'Whether the process runs',
    key: 'none',
    returns: '{"status"}',
  },
  'GET root:/health/ready': {
    tag: 'Operation',
    summary: 'Whether it can serve',
    key: 'none',
    returns: '{"status"}; 503 where it cannot',
  },
  'GET root:/metrics': {
    tag: 'Operation',
    summary: 'Figures for Prometheus',
    answers: ['text/plain'],
    key: 'none',
    returns: 'Text',
  },
};
