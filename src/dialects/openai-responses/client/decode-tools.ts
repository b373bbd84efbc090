/** Tools and the choice among them, wire → core. */
import type { ToolChoice, ToolDefinition } from '../../../core/chat.ts';
import { type JsonObject, objectAt, stringAt } from '../../../core/json.ts';
import type { Notebook } from '../../shared/notebook.ts';
import type { WireToolChoice } from '../wire-types.ts';
import { definitionOf, type ListedTool, nameOf, type ToolNames } from './tool-names.ts';

export interface DecodedTools {
  readonly tools: readonly ToolDefinition[];
  /** Tools that run on the server side of the API, by value. */
  readonly serverTools: readonly JsonObject[];
}

export function decodeTools(listed: readonly ListedTool[], names: ToolNames, notes: Notebook): DecodedTools {
  const tools: ToolDefinition[] = [];
  const serverTools: JsonObject[] = [];
  for (const entry of listed) {
    if (nameOf(entry.tool) === undefined) serverTools.push(entry.tool);
    else tools.push(decodeTool(entry, names, notes));
  }
  return { tools, serverTools };
}

function decodeTool({ tool, field, namespace }: ListedTool, names: ToolNames, notes: Notebook): ToolDefinition {
  const definition = definitionOf(tool);
  const strict = definition['strict'];
  const parameters = objectAt(definition, 'parameters');
  const format = objectAt(definition, 'format');
  const description = describe(stringAt(definition, 'description'), namespace);
  const name = names.flat(nameOf(tool) ?? '', namespace?.name);
  if (namespace) notes.once('namespace', 'tool.changed', field, 'tools in namespaces are offered as one list of names');
  if (tool['defer_loading'] === true) {
    notes.once(
      'deferred',
      'tool.changed',
      `${field}.defer_loading`,
      'tools that were to be searched for are all offered',
    );
  }
  const cacheControl = objectAt(tool, 'cache_control');
  const ttl = cacheControl?.['ttl'];
  return {
    name,
    ...(description && { description }),
    ...(parameters && { parameters }),
    ...(typeof strict === 'boolean' && { strict }),
    ...(tool['type'] === 'custom' && { custom: { ...(format && { format }) } }),
    ...(cacheControl && { cacheControl: ttl === '5m' || ttl === '1h' ? { ttl } : {} }),
  };
}

/** What is said of a namespace is said once, with the first of its tools. */
function describe(description: string | undefined, namespace: ListedTool['namespace']): string | undefined {
  if (!namespace?.isFirst || !namespace.description) return description;
  const about = `Tools of ${namespace.name}: ${namespace.description}`;
  return description ? `${description}\n\n${about}` : about;
}

export interface DecodedToolChoice {
  readonly toolChoice?: ToolChoice;
  /** A choice that forces a server-side tool, by value. */
  readonly serverToolChoice?: JsonObject;
}

export function decodeToolChoice(
  choice: WireToolChoice | null | undefined,
  names: ToolNames,
  notes: Notebook,
): DecodedToolChoice {
  if (choice === null || choice === undefined) return {};
  if (typeof choice === 'string') return { toolChoice: { type: choice } };
  const { type, name, namespace, mode, tools } = choice;
  if (type === 'allowed_tools') {
    const allowed = new Set<string>();
    const seen = new Set<string>();
    for (const tool of tools ?? []) {
      // A namespace stands for all of its tools: named a thousand times it would be a thousand lists of them.
      const key = `${tool['type']}\n${stringAt(tool, 'namespace') ?? ''}\n${stringAt(definitionOf(tool), 'name') ?? ''}`;
      if (seen.has(key)) continue;
      seen.add(key);
      for (const each of allowedNames(tool, names, notes)) allowed.add(each);
    }
    return { toolChoice: { type: 'allowed', mode: mode ?? 'auto', names: [...allowed] } };
  }
  if (name && (type === 'function' || type === 'custom')) {
    return { toolChoice: { type: 'tool', name: names.flat(name, namespace) } };
  }
  // `{type: "auto"}` is another grammar's way to say "auto".
  if (type === 'none' || type === 'auto' || type === 'required') return { toolChoice: { type } };
  return { serverToolChoice: { type, ...(name && { name }) } };
}

function allowedNames(tool: JsonObject, names: ToolNames, notes: Notebook): readonly string[] {
  const name = stringAt(definitionOf(tool), 'name');
  switch (tool['type']) {
    case 'function':
    case 'custom':
      return name === undefined ? [] : [names.flat(name, stringAt(tool, 'namespace'))];
    case 'namespace':
      return name === undefined ? [] : names.within(name);
    default:
      notes.once(
        'allowed',
        'tool.changed',
        'tool_choice.tools',
        'only functions and custom tools can be allowed elsewhere',
      );
      return [];
  }
}
