/**
 * The `web` plugin (OpenRouter's API): one search per request, its results as a system message before the last user message, and
 * as citations on the reply.
 */
import type { ChatRequest, Message, SystemMessage } from '../../core/chat.ts';
import { GatewayError, toGatewayError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Note } from '../../core/note.ts';
import { annotating } from '../annotate.ts';
import type { PluginStage, PreparedPlugin } from '../plugin.ts';
import { searchQuery } from './query.ts';
import { type SearchBackend, type SearchResult, selectResults } from './search.ts';

const CHARACTERS_PER_TOKEN = 4;
/** Of one result: services that give whole pages must not fill the prompt. */
const MAX_RESULT_CHARACTERS = 2000;

export interface WebOptions {
  readonly maxResults: number;
  /** Replaces the sentence that introduces the results. */
  readonly searchPrompt: string | null;
  readonly includeDomains: readonly string[];
  readonly excludeDomains: readonly string[];
  /** Where it was asked for, as a path: `plugins[0]`. */
  readonly field: string;
  /** False where only the account's defaults ask for it: then a search that fails does not fail the request. */
  readonly isRequired: boolean;
}

export interface WebPorts {
  /** Null = none is configured. */
  readonly search: SearchBackend | null;
  readonly nowMs: number;
  readonly signal?: AbortSignal;
}

export function noSearch({ field }: WebOptions): GatewayError {
  return new GatewayError(
    'gateway.unsupported',
    `${field}: web search is not configured here. Set plugins.web.base_url in the configuration to a search service that answers /search?q=…&format=json, or leave the plugin out.`,
    { field },
  );
}

/**
 * Searches, and says what becomes of the request and the reply.
 * @throws GatewayError `gateway.unsupported` where no search is configured, the backend's error where it fails
 */
export async function prepareWeb(request: ChatRequest, options: WebOptions, ports: WebPorts): Promise<PreparedPlugin> {
  const { search, nowMs, signal } = ports;
  if (!search) throw noSearch(options);
  const query = searchQuery(request.messages);
  if (query === '') return nothingDone(options.field, 'the last user message has no text to search for');
  let found: readonly SearchResult[];
  try {
    found = await search.search(query, { ...options, ...(signal && { signal }) });
  } catch (thrown) {
    const error = toGatewayError(thrown);
    if (options.isRequired || signal?.aborted) throw error;
    return nothingDone(options.field, `the search failed: ${error.message}`);
  }
  return searched(selectResults(found, options), options, nowMs);
}

function nothingDone(field: string, why: string): PreparedPlugin {
  const note: Note = { code: 'parameter.dropped', field, message: `no web search was made: ${why}` };
  return { effect: {}, notes: [note], stages: [], usage: {}, addedPromptTokens: 0 };
}

function searched(results: readonly SearchResult[], { searchPrompt }: WebOptions, nowMs: number): PreparedPlugin {
  const stage: PluginStage = {
    type: 'plugin',
    name: 'web',
    summary: `A web search gave ${results.length === 1 ? '1 result' : `${results.length} results`}.`,
    data: { results: results.length },
  };
  const done = { notes: [], stages: [stage], usage: { webSearches: 1 } };
  if (results.length === 0) return { ...done, effect: {}, addedPromptTokens: 0 };
  const text = `${searchPrompt ?? defaultPrompt(nowMs)}\n\n${results.map(describe).join('\n\n')}`;
  const told: SystemMessage = { role: 'system', content: [{ type: 'text', text }] };
  return {
    ...done,
    effect: {
      editRequest: (request) => ({ value: tell(request, told), notes: [], stages: [] }),
      ...annotating((_, reply) => results.map((result) => citationOf(result, reply))),
    },
    addedPromptTokens: Math.ceil(text.length / CHARACTERS_PER_TOKEN),
  };
}

/** The wording is OpenRouter's (its page on web search). */
function defaultPrompt(nowMs: number): string {
  const date = new Date(nowMs).toISOString().slice(0, 'YYYY-MM-DD'.length);
  return `A web search was conducted on ${date}. Incorporate the following web search results into your response.

IMPORTANT: Cite them using markdown links named using the domain of the source.
Example: [nytimes.com](https://nytimes.com/some-page).`;
}

function describe({ url, title, content }: SearchResult): string {
  const domain = URL.parse(url)?.hostname.replace(/^www\./, '') ?? url;
  const excerpt = content.slice(0, MAX_RESULT_CHARACTERS).toWellFormed().trim();
  return `Title: ${title.replace(/\s+/g, ' ').trim()}\nSource: [${domain}](${url})${excerpt ? `\nContent: ${excerpt}` : ''}`;
}

/** Before the last user message: what stands before it stays the same from turn to turn, and cached. */
function tell(request: ChatRequest, told: SystemMessage): ChatRequest {
  const at = request.messages.findLastIndex(({ role }) => role === 'user');
  const messages: readonly Message[] = request.messages.toSpliced(Math.max(at, 0), 0, told);
  return { ...request, messages };
}

/** Where the reply links the source; 0 and 0 where it does not. */
function citationOf({ url, title, content }: SearchResult, reply: string): JsonObject {
  const { start, end } = linkTo(url, reply);
  return {
    type: 'url_citation',
    url_citation: { url, title, ...(content && { content }), start_index: start, end_index: end },
  };
}

function linkTo(url: string, reply: string): { readonly start: number; readonly end: number } {
  const at = positionOf(url, reply);
  if (at < 0) return { start: 0, end: 0 };
  const end = at + url.length;
  const label = reply.startsWith('](', at - 2) ? reply.lastIndexOf('[', at - 2) : -1;
  return label >= 0 && reply[end] === ')' ? { start: label, end: end + 1 } : { start: at, end };
}

/** The address itself, not one that only begins like it. */
function positionOf(url: string, reply: string): number {
  for (let at = reply.indexOf(url); at >= 0; at = reply.indexOf(url, at + 1)) {
    if (!/[\w/%?&=#-]/.test(reply[at + url.length] ?? '')) return at;
  }
  return -1;
}
