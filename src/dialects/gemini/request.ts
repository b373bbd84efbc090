/**
 * core → a `generateContent` body.
 * https://ai.google.dev/api/generate-content
 */
import type { ChatRequest, Message } from '../../core/chat.ts';
import { type JsonObject, type MutableJsonObject, objectAt } from '../../core/json.ts';
import type { Translated } from '../../core/note.ts';
import type { UpstreamContext, UpstreamRequest } from '../dialect.ts';
import { tierServed } from '../shared/gateway/service-tier.ts';
import { type Notebook, openNotebook } from '../shared/notebook.ts';
import { needsSignatures, takesMediaInResponses } from './model-family.ts';
import { encodeContents } from './request/contents.ts';
import { encodeGenerationConfig } from './request/generation-config.ts';
import { unsayableMedia } from './request/media.ts';
import { isOwnExtra, withOwnExtras } from './request/own-extras.ts';
import { encodeDeclaration, encodeResponseFormat, encodeToolChoice } from './request/tools.ts';
import { REASONING_FORMAT } from './wire-types.ts';

export function encodeRequest(request: ChatRequest, context: UpstreamContext): Translated<UpstreamRequest> {
  const notes = openNotebook();
  const { quirks } = context.host;
  const { system, contents } = encodeContents(
    request,
    {
      reasoningFormat: quirks.reasoningFormat ?? REASONING_FORMAT,
      signatures: needsSignatures(context),
      nestedMedia: takesMediaInResponses(context),
      callIds: !quirks.rejects?.includes('functionCall.id'),
      prefill: context.traits.prefill !== false,
    },
    notes,
  );
  const format = encodeResponseFormat(request, context, notes);
  const instructions = format.instruction === undefined ? system : [...system, { text: format.instruction }];
  const tools = encodeTools(request, notes);
  const functionCallingConfig = encodeToolChoice(request, context, notes);
  const generationConfig = encodeGenerationConfig(request, format.config, context, notes);
  const tier = encodeServiceTier(request.serviceTier, context, notes);
  noteTheRest(request, notes);
  const said: JsonObject = {
    contents,
    ...(instructions.length > 0 && { systemInstruction: { parts: instructions } }),
    ...(tools.length > 0 && { tools }),
    ...(functionCallingConfig && { toolConfig: { functionCallingConfig } }),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
    ...tier.body,
  };
  const body = withQuirks(withOwnExtras(said, request.extras), context, notes);
  return { value: { path: pathOf(request.stream, context), headers: tier.headers, body }, notes: notes.notes };
}

/** The kinds of content in this request that the grammar cannot carry: such an endpoint is excluded. */
export function unsayable(request: ChatRequest, _context: UpstreamContext): readonly string[] {
  return [...new Set(request.messages.flatMap((message: Message) => unsayableMedia(message.content)))];
}

/** Without `alt=sse` the stream would be one JSON array. */
export function pathOf(stream: boolean, context: UpstreamContext): string {
  const prefix = (context.host.quirks.modelPathPrefix ?? '/models').replace(/^\/*/, '/').replace(/\/+$/, '');
  const model = context.upstreamModel.replace(/^models\//, '');
  // Readable where it is harmless; a slash stays encoded, so that a model's name cannot walk to another path.
  const name = encodeURIComponent(model).replaceAll('%40', '@');
  return `${prefix}/${name}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`;
}

function encodeTools(request: ChatRequest, notes: Notebook): readonly JsonObject[] {
  const tools: JsonObject[] = [];
  if (request.tools.length > 0) tools.push({ functionDeclarations: request.tools.map(encodeDeclaration) });
  if (request.options['web_search_options'] === undefined) return tools;
  if (tools.length > 0) {
    // Models before Gemini 3 refuse the mix (docs/sources.md), and the caller's own tools come first.
    notes.add('parameter.dropped', 'web_search_options', 'Google Search cannot be combined with function tools here.');
  } else {
    tools.push({ googleSearch: {} });
  }
  return tools;
}

interface EncodedTier {
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
}

const NO_TIER: EncodedTier = { body: {}, headers: {} };

/**
 * `flex` or `priority` (https://ai.google.dev/gemini-api/docs/priority-inference) where the endpoint is of that tier: its price
 * was planned with. No other endpoint is asked for a tier priced apart.
 */
export function encodeServiceTier(asked: string | undefined, context: UpstreamContext, notes: Notebook): EncodedTier {
  const { serviceTier, host } = context;
  if (serviceTier) {
    const { tierHeader } = host.quirks;
    return tierHeader === undefined
      ? { body: { serviceTier }, headers: {} }
      : { body: {}, headers: { [tierHeader]: serviceTier } };
  }
  if (asked !== undefined && asked !== 'auto' && tierServed(asked) !== 'default') {
    notes.add('parameter.dropped', 'service_tier', `This endpoint has no tier ${asked}; it serves its standard one.`);
  }
  return NO_TIER;
}

const SAID_OPTIONS = new Set(['audio', 'image_config', 'web_search_options']);

function noteTheRest(request: ChatRequest, notes: Notebook): void {
  const dropped = (field: string, why: string): void => notes.add('parameter.dropped', field, why);
  if (request.user !== undefined) dropped('user', 'Gemini takes no end-user id.');
  if (request.metadata !== undefined) dropped('metadata', 'Gemini takes no metadata.');
  if (request.verbosity !== undefined) dropped('verbosity', 'Gemini has no such parameter.');
  if (request.promptCacheKey !== undefined) dropped('prompt_cache_key', 'Gemini caches prompts by itself.');
  if (hasCacheMarks(request)) dropped('cache_control', 'Gemini caches prompts by itself; the marks were left out.');
  for (const key of Object.keys(request.options)) {
    if (!SAID_OPTIONS.has(key)) dropped(key, 'Gemini has no such parameter.');
  }
  for (const key of Object.keys(request.extras))
    if (!isOwnExtra(key)) dropped(key, 'The provider’s grammar has no such field.');
}

function hasCacheMarks(request: ChatRequest): boolean {
  return (
    request.cacheControl !== undefined ||
    request.tools.some((tool) => tool.cacheControl) ||
    request.messages.some(
      (message) =>
        (message.role === 'tool' && message.cacheControl) || message.content.some((part) => part.cacheControl),
    )
  );
}

/** Fields of the body or of `generationConfig` that the host refuses, by their wire names. */
export function withQuirks(body: JsonObject, context: UpstreamContext, notes: Notebook): JsonObject {
  const { rejects, defaults } = context.host.quirks;
  if (!rejects && !defaults) return body;
  const refused = new Set(rejects);
  const without = (object: JsonObject, path: string): JsonObject => {
    const kept: MutableJsonObject = {};
    for (const [key, value] of Object.entries(object)) {
      if (!refused.has(key)) kept[key] = value;
      else notes.add('parameter.dropped', `${path}${key}`, `${context.host.providerName} refuses this field.`);
    }
    return kept;
  };
  const kept = { ...defaults, ...without(body, '') };
  const config = objectAt(body, 'generationConfig');
  return config && !refused.has('generationConfig')
    ? { ...kept, generationConfig: without(config, 'generationConfig.') }
    : kept;
}
