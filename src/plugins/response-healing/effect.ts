/** Repairs the JSON of whole replies (OpenRouter's API, `response-healing`). Syntax only: what a schema asks is not looked at. */
import type { ChatResponse, Choice, ResponseFormat } from '../../core/chat.ts';
import type { PluginEffect, PluginResult } from '../plugin.ts';
import { healJson, type RootKind } from './find-json.ts';

type JsonFormat = Extract<ResponseFormat, { readonly type: 'json_object' | 'json_schema' }>;

export function asksForJson(format: ResponseFormat | undefined): format is JsonFormat {
  return format?.type === 'json_object' || format?.type === 'json_schema';
}

export function healingEffect(format: JsonFormat): PluginEffect {
  const isArray = format.type === 'json_schema' && format.schema?.['type'] === 'array';
  return { editReply: (response) => heal(response, isArray ? 'array' : 'object') };
}

function heal(response: ChatResponse, expected: RootKind): PluginResult<ChatResponse> {
  let repaired = 0;
  let left = 0;
  const choices = response.choices.map((choice): Choice => {
    const { content } = choice;
    // A refusal is no answer to repair, nor is what is said beside tool calls.
    if (content === null || content.trim() === '' || choice.toolCalls.length > 0) return choice;
    const json = healJson(content, expected);
    if (json === content) return choice;
    if (json === null) {
      left++;
      return choice;
    }
    repaired++;
    return { ...choice, content: json };
  });
  if (repaired === 0 && left === 0) return { value: response, notes: [], stages: [] };
  const did = [
    ...(repaired > 0 ? [`repaired the JSON of ${counted(repaired)}`] : []),
    ...(left > 0 ? [`found no JSON to repair in ${counted(left)}, left as it is`] : []),
  ];
  return {
    value: repaired > 0 ? { ...response, choices } : response,
    notes: [],
    stages: [
      {
        type: 'response_healing',
        name: 'response-healing',
        summary: `Response healing ${did.join(' and ')}.`,
        data: { choices_repaired: repaired, choices_left: left },
      },
    ],
  };
}

function counted(choices: number): string {
  return choices === 1 ? '1 choice' : `${choices} choices`;
}
