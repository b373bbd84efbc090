/**
 * Every host with recorded conversations, read as its own file says: where it is, how it counts, what it says it charged. What
 * must come out is read from the recording by a naive reading that shares no code with the dialects.
 */
import { afterAll, describe, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import type { ChatResponse } from '../src/core/chat.ts';
import { GatewayError } from '../src/core/errors.ts';
import { isJsonObject, type Json, type JsonObject, numberAt } from '../src/core/json.ts';
import { countOf } from '../src/core/usage.ts';
import { providerById, providers } from '../src/providers/registry.gen.ts';
import { contextOf, DIALECT_OF_ENDPOINT, definitionOf, doorsOf, NOT_ONE_HOST } from './hosts.ts';
import { directory, haveRecordings, type Recording, recordingsOf } from './recordings.ts';
import { checkEach, play } from './replay-kit.ts';

// ---- the naive reading ----

interface Told {
  /** All tokens of the exchange. */
  readonly total: number;
  readonly cached: number;
  readonly reasoning: number;
  readonly costUsd: number | undefined;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The body as a whole, or what its lines and events hold. */
function valuesOf({ response }: Recording): readonly unknown[] {
  if (response.isBinary) return response.events;
  return [parse(response.body) ?? response.body.split(/\r\n|\n|\r/).map((line) => parse(line.replace(/^data:/, '')))];
}

/** Every `usage`, wherever it stands, in order. */
function usagesIn(value: unknown, depth = 0): readonly JsonObject[] {
  if (typeof value !== 'object' || value === null || depth > 5) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    if (PARTS.has(name)) return [];
    return /^usage(Metadata)?$/.test(name) && isJsonObject(member) ? [member] : usagesIn(member, depth + 1);
  });
}

/** Members that count parts of the exchange anew. */
const PARTS: ReadonlySet<string> = new Set(['usage_breakdown', 'input', 'output']);

/** The last count that names its total. */
function toldBy(recording: Recording): Told | undefined {
  const usage = usagesIn(valuesOf(recording)).findLast((each) => totalOf(each) !== undefined);
  const total = usage && totalOf(usage);
  if (!usage || total === undefined) return undefined;
  const { cost } = usage;
  const ticks = numberAt(usage, 'cost_in_usd_ticks');
  const costUsd = isJsonObject(cost) ? numberAt(cost, 'total_cost') : numberAt(usage, 'cost');
  return {
    total,
    cached: firstOf(
      usage,
      /^(cached_tokens|num_cached_tokens|prompt_cache_hit_tokens|cachedContentTokenCount|cacheReadInputTokens)$/,
    ),
    reasoning: firstOf(usage, /^(reasoning_tokens|thoughtsTokenCount)$/),
    costUsd: costUsd ?? (ticks === undefined ? undefined : ticks / 1e10),
  };
}

/** No more than a part of it is no total: some examples of makers' pages contradict themselves. */
function totalOf(usage: JsonObject): number | undefined {
  const total = numberAt(usage, 'total_tokens') ?? numberAt(usage, 'totalTokens') ?? numberAt(usage, 'totalTokenCount');
  const parts = ['promptTokenCount', 'candidatesTokenCount'].map((name) => numberAt(usage, name) ?? 0);
  return total === undefined || total < Math.max(...parts) ? undefined : total;
}

/** The largest count of such a name, here or in the details. */
function firstOf(usage: JsonObject, names: RegExp): number {
  const details = Object.values(usage).filter((member) => isJsonObject(member));
  const counts = [usage, ...details].flatMap((object) => Object.entries(object).filter(([name]) => names.test(name)));
  return Math.max(0, ...counts.map(([, count]) => (typeof count === 'number' ? count : 0)));
}

// ---- the reading of the host's file ----

function answerTo(recording: Recording): ChatResponse | undefined {
  const dialect = DIALECT_OF_ENDPOINT[recording.endpoint];
  const { status, body, isBinary } = recording.response;
  if (!dialect || (status !== null && status >= 400)) return undefined;
  const context = contextOf(recording, dialect.id);
  const whole = isBinary ? undefined : parse(body);
  if (isJsonObject(whole)) return wholeAnswer(() => dialect.upstream.decodeResponse(whole, context));
  const bytes = isBinary ? Buffer.from(body, 'base64') : new TextEncoder().encode(body);
  return play(dialect, bytes, [], context, 'upstream-end').response;
}

/** Whether what is none is told as it should be, the tests of the grammar see to. */
function wholeAnswer(decode: () => ChatResponse): ChatResponse | undefined {
  try {
    return decode();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return undefined;
    throw thrown;
  }
}

/** Counts that are none of this exchange, or no count: what stands there instead. */
const NOT_ITS_COUNT: Readonly<Record<string, string>> = {
  'mistral_chat.completions_a86d224c735501': 'the total counts the audio, which is billed by its seconds',
  'mistral_chat.completions_7a85ecb558cecf': 'the total counts the audio, which is billed by its seconds',
  'mistral_chat.completions_a0303259d2d8db': 'the total counts the audio, which is billed by its seconds',
  azure_responses_939b0183a55831: 'two exchanges in one body',
  openai_responses_aba08ebf509a0d: 'two exchanges in one body',
  openai_responses_4a4016a1482ed4: 'two exchanges in one body',
};

/** Addresses of another age or of another operation, by their pattern. */
const ELSEWHERE: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^https:\/\/[^/]+\.azure\.com\/+openai\/(?:deployments|responses)/, 'Azure before its v1'],
  [/^https:\/\/[^/]+\.azure\.com\/(?:models\/)?chat/, "Foundry's models before its v1"],
  [/^https:\/\/api\.z\.ai\/api\/coding\//, 'the plan for coding agents'],
  [/^https:\/\/api\.cohere\.(?:com|ai)\/v1\//, "Cohere's first version"],
  [/^https:\/\/chatgpt\.com\//, "ChatGPT's own"],
  [/^https:\/\/router\.huggingface\.co\/(?:together|hyperbolic)\//, 'one partner of the router, asked directly'],
  [/^https:\/\/api\.anthropic\.com\/api\//, 'a mistake that was recorded'],
];

/** Folders where a reply names a cost that its host does not: it was recorded through a gateway, or is the maker's price. */
const COST_OF_ANOTHER: ReadonlySet<string> = new Set(['openai', 'azure', 'openai-compatible']);

interface Evidence {
  replies: number;
  cached: number;
  reasoning: number;
  costs: number;
}
const evidence = new Map<string, Evidence>();

function addEvidence(recording: Recording, { cached, reasoning, costUsd }: Told): void {
  const name = evidenceName(recording);
  const each = evidence.get(name) ?? { replies: 0, cached: 0, reasoning: 0, costs: 0 };
  evidence.set(name, each);
  each.replies++;
  if (cached > 0) each.cached++;
  if (reasoning > 0) each.reasoning++;
  if (costUsd !== undefined) each.costs++;
}

function evidenceName(recording: Recording): string {
  return `${definitionOf(recording)?.id ?? recording.provider} ${DIALECT_OF_ENDPOINT[recording.endpoint]?.id}`;
}

function* conversations(): Generator<Recording> {
  for (const endpoint of Object.keys(DIALECT_OF_ENDPOINT)) yield* recordingsOf(endpoint);
}

describe.if(haveRecordings)('recorded hosts', () => {
  test('every folder is of a host that a file describes, or of no one host', () => {
    const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const strangers = folders
      .map(({ name }) => name)
      .filter((provider) => !NOT_ONE_HOST[provider] && !definitionOf({ provider, request: null }));
    expect(strangers).toEqual([]);
  });

  test('every host speaks what it was recorded in, where it was recorded', () => {
    const seen = new Set<string>();
    checkEach(conversations(), (recording) => {
      const definition = definitionOf(recording);
      const dialect = DIALECT_OF_ENDPOINT[recording.endpoint];
      if (!definition || !dialect) return;
      const doors = doorsOf(definition, dialect.id);
      expect(doors.length).toBeGreaterThan(0);
      const url = recording.request?.url.split('?')[0];
      if (!url?.startsWith('http') || ELSEWHERE.some(([pattern]) => pattern.test(url))) return;
      const addresses = doors.map(({ baseUrl = definition.baseUrl }) => baseUrl);
      if (definition.credentials?.baseUrl) addresses.push(definition.credentials.baseUrl);
      const hosts = definition.otherHosts ?? [];
      const all = addresses.flatMap((address) => [
        address,
        ...hosts.map((host) => address.replace(/(?<=:\/\/)[^/]+/, host)),
      ]);
      const named = url.replace('//127.0.0.1:', '//localhost:').replace('/v1beta1/', '/v1/');
      const isThere = all.some((address) => new RegExp(`^${patternOf(address)}/`).test(named));
      if (!isThere) throw new Error(`${url} is none of ${all.join(', ')}`);
      seen.add(evidenceName(recording));
    });
    expect(seen.size).toBeGreaterThanOrEqual(38);
  });

  test('what is billed is what the host says was used, cached and reasoning tokens where its file has them', () => {
    let counted = 0;
    checkEach(conversations(), (recording) => {
      const told = toldBy(recording);
      const usage = told && answerTo(recording)?.usage;
      if (!told || !usage || NOT_ITS_COUNT[recording.id]) return;
      counted++;
      addEvidence(recording, told);
      expect(countOf(usage, 'promptTokens') + countOf(usage, 'completionTokens')).toBe(told.total);
      expect(countOf(usage, 'cachedTokens')).toBe(Math.min(told.cached, countOf(usage, 'promptTokens')));
      expect(countOf(usage, 'reasoningTokens')).toBe(Math.min(told.reasoning, countOf(usage, 'completionTokens')));
      if (told.costUsd === undefined || COST_OF_ANOTHER.has(recording.provider)) return;
      expect(Number(usage.reportedCostNanoUsd) / 1e9).toBeCloseTo(told.costUsd, 8);
    });
    expect(counted).toBeGreaterThan(6000);
  });

  test('a file that puts reasoning inside the output has been seen to be right', () => {
    // These never count what was thought apart.
    const silent = ['llamacpp', 'mistral'];
    const claims = providers.filter(
      ({ id, dialect, usage, kinds }) =>
        dialect === 'openai-chat' && usage.reasoning === 'inside-output' && kinds?.chat !== false && id !== 'sim',
    );
    const unseen = claims.filter(({ id }) => !evidence.get(`${id} openai-chat`)?.reasoning).map(({ id }) => id);
    expect(unseen).toEqual(silent);
  });

  test('a file that has its host name a cost has been seen to be right, and no other host names one', () => {
    const telling = [...evidence].filter(([, { costs }]) => costs > 0).map(([name]) => name.split(' ')[0] ?? '');
    const claims = providers.filter(({ usage }) => usage.reportsCost !== false).map(({ id }) => id);
    expect([...new Set(telling)].filter((id) => !COST_OF_ANOTHER.has(id)).sort()).toEqual([...claims].sort());
  });

  test('reasoning goes back in a field in which the host has taken it', () => {
    const taken = new Map<string, Set<string>>();
    for (const recording of recordingsOf('chat.completions')) {
      const { status } = recording.response;
      const id = definitionOf(recording)?.id;
      if (!id || (status !== null && status >= 400)) continue;
      const fields = reasoningFieldsSent(recording);
      if (fields.length > 0) taken.set(id, new Set([...(taken.get(id) ?? []), ...fields]));
    }
    const files = [...taken.keys()].map((id) => [id, providerById.get(id)?.quirks.reasoningReplay ?? 'drop'] as const);
    expect(files.filter(([id, field]) => !taken.get(id)?.has(field))).toEqual([]);
    expect(files.length).toBeGreaterThanOrEqual(12);
  });

  test('what Messages count as cached is beside what they count as input', () => {
    const reads = [...recordingsOf('messages')].flatMap((recording) => {
      const usages = usagesIn(valuesOf(recording));
      const cached = Math.max(0, ...usages.map((usage) => numberAt(usage, 'cache_read_input_tokens') ?? 0));
      const input = Math.max(0, ...usages.map((usage) => numberAt(usage, 'input_tokens') ?? 0));
      return cached > input ? [contextOf(recording, 'anthropic-messages').host.usage.cachedInput] : [];
    });
    expect(reads.length).toBeGreaterThan(50);
    expect(new Set(reads)).toEqual(new Set(['beside-input']));
  });

  afterAll(() => {
    for (const [name, { replies, cached, reasoning, costs }] of evidence) {
      console.log(
        `host ${name}: ${replies} replies, ${cached} with cache, ${reasoning} with reasoning, ${costs} with cost`,
      );
    }
  });
});

/** Members of the turns that a client sent back to the model. */
function reasoningFieldsSent({ request }: Recording): readonly string[] {
  const messages = isJsonObject(request?.body) ? request.body['messages'] : undefined;
  return (Array.isArray(messages) ? messages : [])
    .filter((message) => isJsonObject(message))
    .flatMap((message) => (message['role'] === 'assistant' ? Object.keys(message) : []))
    .filter((name) => name.startsWith('reasoning'));
}

/** An address with its placeholders as anything. */
function patternOf(address: string): string {
  return address
    .split(/\{[a-z_]+\}/)
    .map(RegExp.escape)
    .join('[^/]+');
}
