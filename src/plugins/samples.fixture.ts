/** Requests and endpoints for the plugins' tests. */
import type {
  AssistantMessage,
  ChatRequest,
  ChatResponse,
  Choice,
  Message,
  ToolMessage,
  UserMessage,
} from '../core/chat.ts';
import type { PluginEndpoint } from './plugin.ts';

export function requestOf(messages: readonly Message[], more: Partial<ChatRequest> = {}): ChatRequest {
  return { messages, tools: [], sampling: {}, stream: false, options: {}, extras: {}, ...more };
}

export function endpointOf(contextLength: number, more: Partial<PluginEndpoint> = {}): PluginEndpoint {
  return {
    contextLength,
    maxOutputTokens: null,
    inputModalities: ['text'],
    outputModalities: ['text'],
    ...more,
  };
}

export function says(role: 'system' | 'user', text: string): Message {
  return { role, content: [{ type: 'text', text }] };
}

export function user(text: string): UserMessage {
  return { role: 'user', content: [{ type: 'text', text }] };
}

export function assistant(text: string, callIds: readonly string[] = []): AssistantMessage {
  return {
    role: 'assistant',
    content: text === '' ? [] : [{ type: 'text', text }],
    toolCalls: callIds.map((id) => ({ id, name: 'look', arguments: '{"at":1}' })),
    reasoningDetails: [],
  };
}

export function result(toolCallId: string, text: string): ToolMessage {
  return { role: 'tool', toolCallId, content: [{ type: 'text', text }] };
}

export function choiceOf(content: string | null, more: Partial<Choice> = {}): Choice {
  return {
    index: 0,
    content,
    reasoning: null,
    reasoningDetails: [],
    toolCalls: [],
    refusal: null,
    images: [],
    annotations: [],
    finishReason: 'stop',
    nativeFinishReason: 'stop',
    ...more,
  };
}

export function responseOf(...choices: readonly Choice[]): ChatResponse {
  return { choices };
}
