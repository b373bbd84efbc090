/**
 * Names of tools across grammars. Here tools may stand in namespaces, and a call says both names; elsewhere they are one flat
 * list. A namespaced tool is offered elsewhere under one name made of both, and its calls get both names back from the
 * request's own list, so that nothing hangs on how the flat name can be read.
 */
import { arrayAt, isJsonObject, type JsonObject, objectAt, stringAt } from '../../../core/json.ts';
import { isKnownItem, type WireResponsesRequest } from '../wire-types.ts';

/** What all grammars take. */
const MOST_CHARACTERS = 64;
const HASH_CHARACTERS = 8;

export interface ToolName {
  readonly name: string;
  readonly namespace?: string;
}

/** A tool of the request with its place in the body. */
export interface ListedTool {
  readonly tool: JsonObject;
  readonly field: string;
  /** The namespace it stands in. */
  readonly namespace?: { readonly name: string; readonly description: string; readonly isFirst: boolean };
}

export interface ToolNames {
  /** The one name for other grammars. */
  flat(name: string, namespace: string | null | undefined): string;
  /** The names of this grammar. */
  split(flat: string): ToolName;
  /** Flat names of a namespace's tools. */
  within(namespace: string): readonly string[];
  /** Whether this name is the caller's own search for tools. */
  isSearch(flat: string): boolean;
}

/** Every tool that the model may call: the request's own, and those that the conversation brought in, each name once. */
export function listTools(wire: WireResponsesRequest): readonly ListedTool[] {
  const listed: ListedTool[] = [];
  const seen = new Set<string>();
  const add = (tool: JsonObject, field: string, namespace?: ListedTool['namespace']): void => {
    const name = nameOf(tool);
    const key = name === undefined ? field : `${namespace?.name ?? ''}\n${name}`;
    if (seen.has(key)) return;
    seen.add(key);
    listed.push({ tool, field, ...(namespace && { namespace }) });
  };
  const addAll = (tools: readonly JsonObject[], path: string): void => {
    for (const [at, tool] of tools.entries()) {
      if (tool['type'] === 'namespace') addNamespace(tool, `${path}[${at}].tools`);
      else add(tool, `${path}[${at}]`);
    }
  };
  const addNamespace = (tool: JsonObject, path: string): void => {
    const name = stringAt(tool, 'name') ?? '';
    const description = stringAt(tool, 'description') ?? '';
    const members = (arrayAt(tool, 'tools') ?? []).filter(isJsonObject);
    for (const [at, member] of members.entries()) {
      add(member, `${path}[${at}]`, { name, description, isFirst: at === 0 });
    }
  };
  addAll(wire.tools ?? [], 'tools');
  if (typeof wire.input === 'string') return listed;
  wire.input.forEach((item, at) => {
    if (!isKnownItem(item)) return;
    if (item.type === 'additional_tools') addAll(item.tools, `input[${at}].tools`);
    if (item.type === 'tool_search_output') addAll(item.tools ?? [], `input[${at}].tools`);
  });
  return listed;
}

/** The name that a search for tools has elsewhere, where the caller carries it out. */
export const TOOL_SEARCH = 'tool_search';

/** Functions and custom tools have a name; what the vendor runs is asked for by its type. */
export function nameOf(tool: JsonObject): string | undefined {
  const { type } = tool;
  if (type === TOOL_SEARCH && tool['execution'] === 'client') return TOOL_SEARCH;
  if (type !== 'function' && type !== 'custom') return undefined;
  return stringAt(definitionOf(tool), 'name');
}

/** Chat's form has the definition one level deeper. */
export function definitionOf(tool: JsonObject): JsonObject {
  const { type } = tool;
  return (typeof type === 'string' ? objectAt(tool, type) : undefined) ?? tool;
}

export function toolNamesOf(listed: readonly ListedTool[]): ToolNames {
  const plain = new Set<string>();
  let hasSearch = false;
  for (const { tool, namespace } of listed) {
    if (!namespace) plain.add(nameOf(tool) ?? '');
    // Names are unique in a list, so that a function of this name leaves no room for the search.
    if (nameOf(tool) === TOOL_SEARCH) hasSearch = tool['type'] === TOOL_SEARCH;
  }
  const splits = new Map<string, ToolName>();
  const flats = new Map<string, string>();
  const members = new Map<string, string[]>();
  for (const { tool, namespace } of listed) {
    const name = nameOf(tool);
    if (!namespace || name === undefined) continue;
    const joined = join(namespace.name, name);
    const flat = plain.has(joined) || splits.has(joined) ? hashed(joined, namespace.name) : joined;
    splits.set(flat, { name, namespace: namespace.name });
    flats.set(`${namespace.name}\n${name}`, flat);
    const others = members.get(namespace.name);
    if (others) others.push(flat);
    else members.set(namespace.name, [flat]);
  }
  return {
    // A call of a tool that is not offered any more is still told under a name of the same form.
    flat: (name, namespace) => (namespace ? (flats.get(`${namespace}\n${name}`) ?? join(namespace, name)) : name),
    split: (flat) => splits.get(flat) ?? { name: flat },
    isSearch: (flat) => hasSearch && flat === TOOL_SEARCH,
    within: (namespace) => members.get(namespace) ?? [],
  };
}

function join(namespace: string, name: string): string {
  const separator = namespace.endsWith('_') || name.startsWith('_') ? '' : '__';
  const joined = `${namespace}${separator}${name}`;
  const clean = joined.replace(/[^a-zA-Z0-9_-]/g, '_');
  return clean === joined && clean.length <= MOST_CHARACTERS ? clean : hashed(clean, joined);
}

/** The beginning of a name with a mark that tells it from others of the same beginning. */
function hashed(name: string, of: string): string {
  // FNV-1a: names need telling apart, not secrecy.
  let hash = 0x811c9dc5;
  for (let i = 0; i < of.length; i++) hash = Math.imul(hash ^ of.charCodeAt(i), 0x01000193);
  const mark = (hash >>> 0).toString(16).padStart(HASH_CHARACTERS, '0');
  return `${name.slice(0, MOST_CHARACTERS - HASH_CHARACTERS - 1)}_${mark}`;
}
