/** What a messages request asks of an endpoint, read from the wire value without decoding it. */
import type { Demand, Opening } from '../../../core/demand.ts';
import { isJsonArray, isJsonObject, type JsonObject, stringAt } from '../../../core/json.ts';
import type { CallableTool } from '../../../core/tool-check.ts';
import { modelsOf, pluginsOf, preferencesOf } from '../../shared/gateway/fields.ts';
import { isBillingLine } from './billing-line.ts';
import { definitionOf } from './known-tools.ts';
import { measure } from './measure.ts';
import { isDefinedByCaller } from './parse.ts';
import type { MessagesFields, WireMessagesRequest } from './schema.ts';

export function demandOf(wire: WireMessagesRequest): Demand {
  const source: JsonObject = wire;
  const fields: MessagesFields = wire;
  const measured = measure(wire);
  return {
    models: [...new Set([...modelsOf(source), ...(fields.fallbacks ?? []).map(({ model }) => model)])],
    preferences: preferencesOf(source),
    stream: fields.stream === true,
    parameters: parametersOf(fields),
    inputModalities: [...measured.modalities],
    outputModalities: ['text'],
    maxOutputTokens: fields.max_tokens ?? null,
    promptTokensEstimate: measured.tokens,
    sessionId: stringAt(source, 'session_id') ?? null,
    promptCacheKey: null,
    marksCache: measured.marksCache,
    user: fields.user ?? fields.metadata?.user_id ?? null,
    hasTools: (fields.tools?.length ?? 0) > 0,
    // OpenRouter's API: this speed is the priority tier.
    serviceTier: fields.speed === 'fast' ? 'fast' : (fields.service_tier ?? null),
    plugins: pluginsOf(source),
  };
}

/** Names of the `supported_parameters` vocabulary. */
function parametersOf(fields: MessagesFields): readonly string[] {
  const names: string[] = [];
  const say = (name: string, isSaid: boolean): void => {
    if (isSaid) names.push(name);
  };
  const { tool_choice: choice, output_config: output } = fields;
  say('temperature', isSet(fields.temperature));
  say('top_p', isSet(fields.top_p));
  say('top_k', isSet(fields.top_k));
  say('stop', (fields.stop_sequences?.length ?? 0) > 0);
  say('tools', (fields.tools?.length ?? 0) > 0);
  say('tool_choice', isSet(choice));
  say('parallel_tool_calls', choice?.disable_parallel_tool_use === true);
  say('structured_outputs', isSet(output?.format) || isSet(fields.output_format));
  say('reasoning', isSet(fields.thinking) || isSet(output?.effort));
  return names;
}

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}

/** Parameter → the top-level fields that say it. A schema stays: what cannot hold to it is asked in words. */
const FIELDS_OF: Readonly<Record<string, readonly string[]>> = {
  temperature: ['temperature'],
  top_p: ['top_p'],
  top_k: ['top_k'],
  stop: ['stop_sequences'],
  tools: ['tools'],
  tool_choice: ['tool_choice'],
  reasoning: ['thinking'],
};

/** The same request without these parameters, under every field that says them. */
export function withoutParameters(wire: WireMessagesRequest, parameters: readonly string[]): WireMessagesRequest {
  const kept = { ...wire };
  for (const parameter of parameters) for (const field of FIELDS_OF[parameter] ?? []) delete kept[field];
  const { output_config: output, tool_choice: choice } = kept;
  if (parameters.includes('reasoning') && output) kept.output_config = { ...output, effort: null };
  if (parameters.includes('parallel_tool_calls') && choice) {
    kept.tool_choice = { ...choice, disable_parallel_tool_use: null };
  }
  return kept;
}

/** The end user's id stands in two places: OpenRouter's `user` and the grammar's own. */
export function withUser(wire: WireMessagesRequest, user: string): WireMessagesRequest {
  const { user: _, ...kept } = wire;
  return { ...kept, metadata: { ...wire.metadata, user_id: user } };
}

export function withReasoning(wire: WireMessagesRequest): WireMessagesRequest {
  const saysSomething = wire.thinking || wire.output_config?.effort;
  return saysSomething ? wire : { ...wire, thinking: { type: 'adaptive' } };
}

export function excludesReasoning({ thinking }: WireMessagesRequest): boolean {
  return thinking !== undefined && thinking !== null && 'display' in thinking && thinking.display === 'omitted';
}

/** The caller's tools, and those that it runs although the grammar's owner defined them. */
export function toolsOf({ tools }: WireMessagesRequest): readonly CallableTool[] {
  return (tools ?? []).flatMap((tool): CallableTool[] => {
    if (isDefinedByCaller(tool)) {
      return [{ name: tool.name ?? '', ...(tool.input_schema && { parameters: tool.input_schema }) }];
    }
    const known = definitionOf(tool);
    if (known) return [known];
    return tool.name ? [{ name: tool.name }] : [];
  });
}

/** The texts that open and close the conversation. */
export function openingOf(wire: WireMessagesRequest): Opening {
  const messages: readonly JsonObject[] = wire.messages;
  const isSystem = ({ role }: JsonObject): boolean => role === 'system';
  const first = messages.find((message) => !isSystem(message));
  const last = messages.findLast((message) => message['role'] === 'user' && textOf(message['content']) !== '');
  const answered = messages.findLast(({ role }) => role === 'assistant');
  return {
    system: textOf(wire['system']) || textOf(messages.find(isSystem)?.['content']),
    first: textOf(first?.['content']),
    last: textOf(last?.['content']),
    lastModel: (answered && stringAt(answered, 'model')) ?? '',
  };
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!isJsonArray(content)) return '';
  return content
    .flatMap((block) => {
      const text = isJsonObject(block) ? stringAt(block, 'text') : undefined;
      return text === undefined || isBillingLine(text) ? [] : [text];
    })
    .join('\n');
}
