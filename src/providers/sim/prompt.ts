/** What a simulated model sees of a request, whatever grammar it came in. Each grammar's reader makes one. */
import type { Json } from '../../core/json.ts';

export interface SimPrompt {
  readonly stream: boolean;
  readonly system: string;
  readonly turns: readonly SimTurn[];
  readonly tools: readonly SimTool[];
  readonly toolChoice: SimToolChoice;
  /** False where the caller forbade parallel calls. */
  readonly parallelCalls: boolean;
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
  /** The schema the answer must match; `any` where only "some JSON" was asked for. */
  readonly answerSchema: Json | 'any' | null;
  /** `hidden`: reasoning happens and is counted, its text is not returned. */
  readonly reasoning: 'off' | 'hidden' | 'shown';
  /** Whether a stream ends with usage. */
  readonly streamUsage: boolean;
  readonly logprobs: boolean;
}

export interface SimTurn {
  readonly role: 'user' | 'assistant' | 'tool';
  readonly text: string;
  readonly media: readonly SimMedia[];
  readonly calls: readonly SimCall[];
  readonly results: readonly SimResult[];
  readonly reasoning: readonly SimReasoning[];
}

export interface SimMedia {
  readonly kind: 'image' | 'file' | 'audio' | 'video';
  readonly mediaType: string;
  /** Decoded size; null where only an address was sent. */
  readonly bytes: number | null;
  readonly name: string | null;
}

export interface SimCall {
  readonly id: string;
  readonly name: string;
  /** JSON text; free text where it calls a custom tool. */
  readonly arguments: string;
  readonly custom?: true;
}

export interface SimResult {
  readonly id: string;
  readonly name: string | null;
  readonly text: string;
}

/** Reasoning that came back from an earlier turn. */
export interface SimReasoning {
  readonly text: string;
  readonly signature: string | null;
}

export interface SimTool {
  readonly name: string;
  readonly schema: Json;
  /** Takes free text instead of arguments. */
  readonly custom?: true;
}

export type SimToolChoice =
  | { readonly kind: 'none' | 'auto' | 'required' }
  | { readonly kind: 'named'; readonly name: string };

/** A request the simulated provider refuses, before its grammar gives it a body. */
export class SimRefusal extends Error {
  readonly status: number;
  readonly param: string | null;
  constructor(status: number, message: string, param: string | null = null) {
    super(message);
    this.status = status;
    this.param = param;
  }
}

export const emptyTurn = (role: SimTurn['role']): SimTurn => ({
  role,
  text: '',
  media: [],
  calls: [],
  results: [],
  reasoning: [],
});

/** A tool's result, with what it shows, beside those that came just before it. */
export function addResult(turns: SimTurn[], result: SimResult, media: readonly SimMedia[]): void {
  const last = turns.at(-1);
  if (last?.role !== 'tool') turns.push({ ...emptyTurn('tool'), results: [result], media });
  else turns[turns.length - 1] = { ...last, results: [...last.results, result], media: [...last.media, ...media] };
}

/** Size of the bytes that a base64 text stands for. */
export function base64Size(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((text.length * 3) / 4) - padding);
}

/** Media from a `data:` URL or a plain address. */
export function mediaFromUrl(url: string, kind: SimMedia['kind'], name: string | null = null): SimMedia {
  const match = /^data:([^;,]*)(;base64)?,/.exec(url);
  if (!match) return { kind, mediaType: 'by address', bytes: null, name };
  const payload = url.slice(match[0].length);
  const bytes = match[2] ? base64Size(payload) : new TextEncoder().encode(decodeURIComponent(payload)).length;
  return { kind, mediaType: match[1] || 'text/plain', bytes, name };
}

/** Kind of a media type: `image/png` → image. */
export function kindOf(mediaType: string): SimMedia['kind'] {
  const family = mediaType.split('/')[0];
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'file';
}
