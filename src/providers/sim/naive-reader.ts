/**
 * Test support: reads the simulator's answers the most naive way, in ignorance of both the simulator's encoders and the
 * product's dialects, so that a mistake shared by the two cannot hide.
 */
import type { SimScript } from './script.ts';
import type { SimRequest } from './simulate.ts';
import { simulate } from './simulate.ts';

export type Dialect = 'openai-chat' | 'anthropic-messages' | 'gemini';
export const DIALECTS: readonly Dialect[] = ['openai-chat', 'anthropic-messages', 'gemini'];

/** A naive reader reads what is there, unchecked, as JSON.parse gives it. */
type Loose = ReturnType<typeof JSON.parse>;

export interface Reading {
  text: string;
  reasoning: string;
  signature: string;
  calls: { name: string; arguments: string }[];
  finish: string;
  usage: Loose;
  ended: boolean;
  error: Loose;
}

export function bytesOf(script: SimScript): string {
  const decoder = new TextDecoder();
  const parts = script.steps.map(({ bytes }) => (typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes));
  return parts.map((part) => decoder.decode(part, { stream: true })).join('') + decoder.decode();
}

/** The same question in each grammar. */
export function ask(
  dialect: Dialect,
  model: string,
  text: string,
  options: { stream?: boolean; maxTokens?: number; extra?: Loose; seed?: number } = {},
): SimRequest {
  const { stream = false, maxTokens, extra = {}, seed = 1 } = options;
  if (dialect === 'openai-chat') {
    const limits = { ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }) };
    const body = {
      model,
      stream,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: text }],
      ...limits,
      ...extra,
    };
    return { path: '/v1/chat/completions', body, seed };
  }
  if (dialect === 'anthropic-messages') {
    const body = {
      model,
      stream,
      max_tokens: maxTokens ?? 100_000,
      messages: [{ role: 'user', content: text }],
      ...extra,
    };
    return { path: '/v1/messages', body, seed };
  }
  const action = stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  const generationConfig = {
    thinkingConfig: { includeThoughts: true },
    ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
  };
  return {
    path: `/v1beta/models/${encodeURIComponent(model)}:${action}`,
    body: { contents: [{ role: 'user', parts: [{ text }] }], generationConfig, ...extra },
    seed,
  };
}

export const read = (dialect: Dialect, request: SimRequest): Reading => readScript(dialect, simulate(request));

export function readScript(dialect: Dialect, script: SimScript): Reading {
  const body = bytesOf(script);
  const sse = (script.headers['content-type'] ?? '').startsWith('text/event-stream');
  const reading: Reading = {
    text: '',
    reasoning: '',
    signature: '',
    calls: [],
    finish: '',
    usage: null,
    ended: !sse,
    error: null,
  };
  const read = { 'openai-chat': readOpenai, 'anthropic-messages': readAnthropic, gemini: readGemini }[dialect];
  if (!sse) read(JSON.parse(body), reading);
  else {
    for (const event of body.split('\n\n')) {
      const line = event.split('\n').find((one) => one.startsWith('data: '));
      if (line === 'data: [DONE]') reading.ended = true;
      else if (line) read(JSON.parse(line.slice('data: '.length)), reading);
    }
  }
  return reading;
}

function readOpenai(body: Loose, into: Reading): void {
  if (body.error) into.error = body.error;
  if (body.usage) into.usage = body.usage;
  const choice = body.choices?.[0];
  const said = choice?.message ?? choice?.delta ?? {};
  into.text += said.content ?? '';
  into.reasoning += said.reasoning_content ?? '';
  for (const [index, call] of (said.tool_calls ?? []).entries()) {
    const place = call.index ?? index;
    into.calls[place] ??= { name: '', arguments: '' };
    into.calls[place].name += call.function?.name ?? '';
    into.calls[place].arguments += call.function?.arguments ?? '';
  }
  into.finish = choice?.finish_reason ?? into.finish;
}

function readAnthropic(body: Loose, into: Reading): void {
  if (body.type === 'error') into.error = body.error;
  const blocks = body.content ?? (body.type === 'content_block_start' ? [body.content_block] : [body.delta ?? {}]);
  for (const block of blocks) {
    into.text += block.text ?? '';
    into.reasoning += block.thinking ?? '';
    into.signature += block.signature ?? '';
    if (block.type === 'tool_use') {
      const input = JSON.stringify(block.input);
      into.calls.push({ name: block.name, arguments: body.content ? input : '' });
    }
    const open = into.calls.at(-1);
    if (open) open.arguments += block.partial_json ?? '';
  }
  into.finish = body.stop_reason ?? body.delta?.stop_reason ?? into.finish;
  into.usage = body.usage ? { ...into.usage, ...body.usage } : into.usage;
  if (body.type === 'message_stop') into.ended = true;
}

function readGemini(body: Loose, into: Reading): void {
  if (body.error) into.error = body.error;
  if (body.usageMetadata) into.usage = body.usageMetadata;
  const candidate = body.candidates?.[0];
  for (const part of candidate?.content?.parts ?? []) {
    if (part.thought) into.reasoning += part.text;
    else into.text += part.text ?? '';
    into.signature += part.thoughtSignature ?? '';
    if (part.functionCall)
      into.calls.push({ name: part.functionCall.name, arguments: JSON.stringify(part.functionCall.args) });
  }
  into.finish = candidate?.finishReason ?? into.finish;
  if (candidate?.finishReason) into.ended = true;
}
