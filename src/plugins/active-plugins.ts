/** The plugins of one exchange: chosen, prepared (a search, files read) and composed, before planning. */
import type { ChatRequest, ChatResponse } from '../core/chat.ts';
import type { ChatEvent } from '../core/chat-events.ts';
import type { Demand } from '../core/demand.ts';
import type { Clock } from '../core/ids.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Note } from '../core/note.ts';
import { choosePlugins, type HealingChoice, NO_CHOICES, type PluginChoices } from './choices.ts';
import { compressionEffect, SHORT_CONTEXT } from './context-compression/effect.ts';
import { knownFiles } from './file-parser/annotations.ts';
import type { PdfReader } from './file-parser/pdf-reader.ts';
import { type PreparedFiles, prepareFiles } from './file-parser/prepare.ts';
import type { ActivePlugins, PluginEffect, PluginResult, PluginStage, PreparedPlugin, StreamEdit } from './plugin.ts';
import { asksForJson, healingEffect } from './response-healing/effect.ts';
import { prepareWeb } from './web/effect.ts';
import type { SearchBackend } from './web/search.ts';

export interface PluginQuestion {
  readonly demand: Pick<Demand, 'plugins' | 'stream' | 'inputModalities' | 'promptTokensEstimate' | 'maxOutputTokens'>;
  /** The body's `transforms`, as it was sent. */
  readonly transforms?: Json | undefined;
  /** The model was asked for as `…:online`. */
  readonly isOnline?: boolean;
  /** The account's: `plugins.defaults` of the configuration. */
  readonly defaults: readonly JsonObject[];
  /** How many endpoints of the requested models take files. Asked only where the request carries some. */
  readonly fileInput: () => FileInput;
  /** The decoded request. Asked only where a plugin must read it. */
  readonly request: () => ChatRequest;
  /** `annotations` of the request's assistant messages. Asked only where files are read. */
  readonly earlierAnnotations: () => readonly Json[];
  /** Aborts when the client goes away. */
  readonly signal?: AbortSignal;
}

export type FileInput = 'all' | 'some' | 'none';

export interface PluginPorts {
  readonly clock: Clock;
  readonly pdfReader: PdfReader;
  /** Null = no search is configured. */
  readonly search: SearchBackend | null;
}

/** No endpoint's context is so short that a prompt of this many tokens needs fitting. */
export const SURELY_FITS_TOKENS = 128;

/**
 * What plugins do to this exchange; null where nothing. A promise only where one of them has to wait for something.
 * @throws GatewayError `client.invalid_request` for wrong options and files that cannot be read, `gateway.unsupported` for
 * what this gateway cannot do, `gateway.unavailable` where a search fails
 */
export function activatePlugins(
  question: PluginQuestion,
  ports: PluginPorts,
): ActivePlugins | null | Promise<ActivePlugins | null> {
  const { demand, transforms, isOnline, defaults } = question;
  const choices = choosePlugins({ wishes: demand.plugins, transforms, isOnline: isOnline === true, defaults });
  const files = readsFiles(choices, question);
  if (choices === NO_CHOICES && !files) return compressingOnly(demand);
  if (!files && !choices.web) return compose(question, choices, NO_FILES, NOTHING);
  return prepare(question, choices, files, ports);
}

/** What nearly every request gets: quick. */
function compressingOnly({ promptTokensEstimate, maxOutputTokens }: PluginQuestion['demand']): ActivePlugins | null {
  if (promptTokensEstimate <= SURELY_FITS_TOKENS) return null;
  const { mayEditRequest, editRequest } = compressionEffect(SHORT_CONTEXT, {
    promptTokens: promptTokensEstimate,
    maxOutputTokens,
  });
  return {
    notes: [],
    stages: [],
    usage: {},
    addedPromptTokens: 0,
    readsFiles: false,
    fitsContextUpTo: SHORT_CONTEXT,
    ...(mayEditRequest && { mayEditRequest }),
    ...(editRequest && { editRequest }),
  };
}

/** Whether files become text for endpoints that take none. */
export function readsFiles({ files }: PluginChoices, { demand, fileInput }: PluginQuestion): boolean {
  if (files === 'native' || !demand.inputModalities.includes('file')) return false;
  return files === 'text' || fileInput() !== 'all';
}

const NOTHING: PreparedPlugin = { effect: {}, notes: [], stages: [], usage: {}, addedPromptTokens: 0 };
const NO_FILES: PreparedFiles = { ...NOTHING, readsFiles: false };

async function prepare(
  question: PluginQuestion,
  choices: PluginChoices,
  hasFiles: boolean,
  { clock, pdfReader, search }: PluginPorts,
): Promise<ActivePlugins | null> {
  const { earlierAnnotations, fileInput, signal } = question;
  const request = question.request();
  const watch = signal ? { signal } : {};
  const options = {
    engine: choices.files === 'text' ? 'text' : 'default',
    isOnlyWay: hasFiles && fileInput() === 'none',
    known: hasFiles ? knownFiles(earlierAnnotations()) : new Map<string, string>(),
  } as const;
  const [files, web] = await Promise.all([
    hasFiles ? prepareFiles(request, options, { pdfReader, clock, ...watch }) : NO_FILES,
    choices.web ? prepareWeb(request, choices.web, { search, nowMs: clock.now(), ...watch }) : NOTHING,
  ]);
  return compose(question, choices, files, web);
}

function compose(
  { demand, request }: PluginQuestion,
  choices: PluginChoices,
  files: PreparedFiles,
  web: PreparedPlugin,
): ActivePlugins | null {
  const healing = choices.healing ? heal(choices.healing, demand.stream, request()) : NOTHING;
  const addedPromptTokens = files.addedPromptTokens + web.addedPromptTokens;
  const upToContext = contextLimit(choices.compression);
  const size = {
    promptTokens: demand.promptTokensEstimate + addedPromptTokens,
    maxOutputTokens: demand.maxOutputTokens,
  };
  const compression = upToContext > 0 ? compressionEffect(upToContext, size) : {};
  const notes = [...choices.notes, ...healing.notes, ...files.notes, ...web.notes];
  const stages = [...files.stages, ...web.stages];
  // A reply is mended before its text is cited; a prompt is fitted when it is complete.
  const effects = [healing.effect, files.effect, web.effect, compression];
  const edits = { ...composeRequest(effects), ...composeReply(effects) };
  if (!edits.editRequest && !edits.editReply && notes.length === 0 && stages.length === 0) return null;
  return {
    notes,
    stages,
    usage: { ...files.usage, ...web.usage },
    addedPromptTokens,
    readsFiles: files.readsFiles,
    fitsContextUpTo: upToContext,
    ...edits,
  };
}

/** Endpoints with at most this context have prompts fitted. */
export function contextLimit(compression: PluginChoices['compression']): number {
  switch (compression) {
    case 'forbidden':
      return 0;
    case 'default':
      return SHORT_CONTEXT;
    case 'asked':
      return Number.POSITIVE_INFINITY;
  }
}

function heal({ field, isRequired }: HealingChoice, stream: boolean, { responseFormat }: ChatRequest): PreparedPlugin {
  if (asksForJson(responseFormat) && !stream) return { ...NOTHING, effect: healingEffect(responseFormat) };
  if (!isRequired) return NOTHING;
  const message = stream ? 'only whole replies are healed; this one is a stream' : 'the request asks for no JSON';
  return { ...NOTHING, notes: [{ code: 'parameter.dropped', field, message }] };
}

// ---- many effects as one ----

function composeRequest(effects: readonly PluginEffect[]): Pick<ActivePlugins, 'mayEditRequest' | 'editRequest'> {
  const editors = effects.flatMap(({ editRequest, mayEditRequest }) =>
    editRequest ? [{ editRequest, mayEditRequest }] : [],
  );
  if (editors.length === 0) return {};
  return {
    mayEditRequest: (endpoint) => editors.some(({ mayEditRequest }) => mayEditRequest?.(endpoint) ?? true),
    editRequest: (request, endpoint) =>
      inTurn(
        request,
        editors.map(
          ({ editRequest }) =>
            (value: ChatRequest) =>
              editRequest(value, endpoint),
        ),
      ),
  };
}

function composeReply(effects: readonly PluginEffect[]): Pick<ActivePlugins, 'editReply' | 'openStreamEdit'> {
  const replies = effects.flatMap(({ editReply }) => editReply ?? []);
  const streams = effects.flatMap(({ openStreamEdit }) => openStreamEdit ?? []);
  return {
    ...(replies.length > 0 && { editReply: (response: ChatResponse) => inTurn(response, replies) }),
    ...(streams.length > 0 && { openStreamEdit: () => chained(streams.map((open) => open())) }),
  };
}

function inTurn<T>(first: T, edits: readonly ((value: T) => PluginResult<T>)[]): PluginResult<T> {
  const notes: Note[] = [];
  const stages: PluginStage[] = [];
  let value = first;
  for (const edit of edits) {
    const result = edit(value);
    value = result.value;
    notes.push(...result.notes);
    stages.push(...result.stages);
  }
  return { value, notes, stages };
}

function chained(edits: readonly StreamEdit[]): StreamEdit {
  return {
    push: (event) =>
      edits.reduce<readonly ChatEvent[]>((events, edit) => events.flatMap((each) => edit.push(each)), [event]),
  };
}
