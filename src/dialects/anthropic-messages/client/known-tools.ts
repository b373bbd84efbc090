/**
 * Tools that the grammar's owner defined and the caller runs: a model of another grammar is told their schemas, as it has not
 * been trained on them. The calls come back with the arguments that such callers expect.
 */
import type { JsonObject } from '../../../core/json.ts';
import type { WireClientTool } from './schema.ts';

interface KnownTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
}

const text = (description: string): JsonObject => ({ type: 'string', description });
const wholeNumber = (description: string): JsonObject => ({ type: 'integer', description });
const VIEW_RANGE: JsonObject = {
  type: 'array',
  items: { type: 'integer' },
  description: 'For view: first and last line to show, counted from 1; -1 for the last line of the file.',
};

/** https://docs.claude.com/en/docs/agents-and-tools/tool-use/bash-tool */
const BASH: Omit<KnownTool, 'name'> = {
  description: 'Runs a command in a bash session that stays open between calls.',
  parameters: {
    type: 'object',
    properties: {
      command: text('The command to run. Required unless the session is restarted.'),
      restart: { type: 'boolean', description: 'True to restart the session.' },
    },
  },
};

const EDITING: JsonObject = {
  path: text('Absolute path of the file or directory.'),
  view_range: VIEW_RANGE,
  file_text: text('For create: the content of the new file.'),
  old_str: text('For str_replace: the text to replace, which must occur exactly once.'),
  new_str: text('For str_replace: what stands in its place.'),
  insert_line: wholeNumber('For insert: the line after which to insert; 0 for the beginning of the file.'),
  insert_text: text('For insert: the text to insert.'),
};

/** https://docs.claude.com/en/docs/agents-and-tools/tool-use/text-editor-tool */
const TEXT_EDITOR: Omit<KnownTool, 'name'> = {
  description: 'Views, creates and edits text files.',
  parameters: {
    type: 'object',
    properties: { command: { type: 'string', enum: ['view', 'create', 'str_replace', 'insert'] }, ...EDITING },
    required: ['command', 'path'],
  },
};

/** https://docs.claude.com/en/docs/agents-and-tools/tool-use/memory-tool */
const MEMORY: Omit<KnownTool, 'name'> = {
  description:
    'Keeps notes in files below /memories that outlast this conversation. View the directory before starting a task.',
  parameters: {
    type: 'object',
    properties: {
      command: { type: 'string', enum: ['view', 'create', 'str_replace', 'insert', 'delete', 'rename'] },
      ...EDITING,
      old_path: text('For rename: the path now.'),
      new_path: text('For rename: the new path.'),
    },
    required: ['command'],
  },
};

const KNOWN: readonly (readonly [string, string, Omit<KnownTool, 'name'>])[] = [
  ['bash_', 'bash', BASH],
  ['text_editor_', 'str_replace_based_edit_tool', TEXT_EDITOR],
  ['memory_', 'memory', MEMORY],
];

/** The tool as anybody could define it; undefined where only the owner's API can run it, or its models know it. */
export function definitionOf({ type, name }: WireClientTool): KnownTool | undefined {
  const known = KNOWN.find(([prefix]) => type?.startsWith(prefix));
  if (!known) return undefined;
  const [, usualName, definition] = known;
  return { name: name || usualName, ...definition };
}
