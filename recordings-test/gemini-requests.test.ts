/** Every recorded chat request, said in Gemini's grammar: nothing lost without a note, and the grammar's rules kept. */
import { afterAll, describe, expect, test } from 'bun:test';
import { GatewayError } from '../src/core/errors.ts';
import { arrayAt, isJsonObject, type Json, type JsonObject, objectAt, stringAt } from '../src/core/json.ts';
import type { Note } from '../src/core/note.ts';
import type { UpstreamContext } from '../src/dialects/dialect.ts';
import { gemini } from '../src/dialects/gemini/index.ts';
import { unsayable } from '../src/dialects/gemini/request.ts';
import type { ModelTraits } from '../src/dialects/host.ts';
import { decodeChatRequest } from '../src/dialects/openai-chat/client-decode.ts';
import { parseChatRequest } from '../src/dialects/openai-chat/client-request.ts';
import {
  bytesValue,
  callValue,
  canonical,
  lostMeanings,
  type Meaning,
  type MeaningKind,
  meaningsOfRequest,
  resultValue,
  toolValue,
} from './fingerprint.ts';
import { haveRecordings, recordingsOf } from './recordings.ts';

const MODELS: readonly { readonly name: string; readonly traits: ModelTraits }[] = [
  { name: 'gemini-2.5-flash', traits: { reasoning: { mandatory: false, budget: true }, maxOutputTokens: 65_536 } },
  {
    name: 'gemini-3-pro-preview',
    traits: { reasoning: { mandatory: true, budget: false, efforts: ['low', 'high'] }, maxOutputTokens: 65_536 },
  },
];

function contextOf(model: (typeof MODELS)[number]): UpstreamContext {
  return {
    upstreamModel: model.name,
    traits: model.traits,
    host: {
      providerId: 'google-ai-studio',
      providerName: 'Google AI Studio',
      usage: { cachedInput: 'inside-input', reasoning: 'beside-output', reportsCost: false },
      quirks: {},
    },
  };
}

// ---- reading a body back ----

function meaningsOfBody(body: JsonObject): Meaning[] {
  const meanings: Meaning[] = [];
  const add = (kind: MeaningKind, value: string): void => {
    meanings.push({ kind, value, field: '' });
  };
  const readPart = (part: Json): void => {
    if (!isJsonObject(part)) return;
    const text = stringAt(part, 'text');
    const blob = objectAt(part, 'inlineData');
    const file = objectAt(part, 'fileData');
    const call = objectAt(part, 'functionCall');
    const result = objectAt(part, 'functionResponse');
    if (text && part['thought'] !== true) add('text', text);
    if (blob) add('media', bytesValue(stringAt(blob, 'data') ?? ''));
    if (file) add('media', `url:${stringAt(file, 'fileUri')}`);
    if (call) add('call', callValue(stringAt(call, 'name') ?? '', call['args'] ?? {}));
    if (!result) return;
    const inner = arrayAt(result, 'parts') ?? [];
    const response = objectAt(result, 'response') ?? {};
    // An empty object beside media is a result of media alone.
    const said = inner.length > 0 && Object.keys(response).length === 0 ? '' : responseText(response);
    add('result', resultValue(stringAt(result, 'name') ?? '', said));
    for (const media of inner) readPart(media);
  };
  for (const part of arrayAt(objectAt(body, 'systemInstruction') ?? {}, 'parts') ?? []) readPart(part);
  for (const content of arrayAt(body, 'contents') ?? []) {
    if (isJsonObject(content)) for (const part of arrayAt(content, 'parts') ?? []) readPart(part);
  }
  for (const tool of declarationsOf(body)) {
    add('tool', toolValue(stringAt(tool, 'name') ?? '', tool['parametersJsonSchema']));
  }
  return meanings;
}

function declarationsOf(body: JsonObject): readonly JsonObject[] {
  return (arrayAt(body, 'tools') ?? [])
    .filter(isJsonObject)
    .flatMap((tool) => arrayAt(tool, 'functionDeclarations') ?? [])
    .filter(isJsonObject);
}

/** The tool's own words inside the response object. */
function responseText(response: JsonObject): string {
  const { output, error, ...rest } = response;
  const said = output ?? error;
  if (said === undefined || Object.keys(rest).length > 0) return canonical(response);
  return Array.isArray(said) ? said.join('') : String(said);
}

/** Results that are JSON objects count by value. */
function normalise(meanings: readonly Meaning[]): Meaning[] {
  return meanings.map((meaning) => {
    if (meaning.kind !== 'result') return meaning;
    const [name = '', ...rest] = meaning.value.split(' → ');
    const text = rest.join(' → ');
    try {
      const value: Json = JSON.parse(text);
      return isJsonObject(value) ? { ...meaning, value: `${name} → ${canonical(value)}` } : meaning;
    } catch {
      return meaning;
    }
  });
}

// ---- the grammar's rules, checked without the code under test ----

const MODES = ['AUTO', 'ANY', 'NONE', 'VALIDATED'];

function violationsOf(body: JsonObject, model: string): string[] {
  const broken: string[] = [];
  const must = (holds: boolean, rule: string): void => {
    if (!holds) broken.push(rule);
  };
  const contents = (arrayAt(body, 'contents') ?? []).filter(isJsonObject);
  must(contents.length > 0, 'there are contents');
  must(contents[0]?.['role'] === 'user', 'the first content is the user’s');
  let waiting: string[] = [];
  for (const [at, content] of contents.entries()) {
    const { role } = content;
    const parts = (arrayAt(content, 'parts') ?? []).filter(isJsonObject);
    must(role === 'user' || role === 'model', 'role is user or model');
    must(at === 0 || contents[at - 1]?.['role'] !== role, 'roles alternate');
    must(parts.length > 0, 'a content has parts');
    const responses = parts.map((part) => objectAt(part, 'functionResponse')).filter(isJsonObject);
    const calls = parts.map((part) => objectAt(part, 'functionCall')).filter(isJsonObject);
    must(role === 'model' || calls.length === 0, 'only the model calls');
    must(role === 'user' || responses.length === 0, 'only the user answers calls');
    if (role === 'user') {
      must(
        canonical(responses.map((response) => stringAt(response, 'name') ?? '')) === canonical(waiting),
        'each call of the turn before is answered, in order',
      );
      must(
        parts.slice(0, responses.length).every((part) => part['functionResponse']),
        'responses come first',
      );
    }
    waiting = calls.map((call) => stringAt(call, 'name') ?? '');
    for (const response of responses) must(isJsonObject(response['response']), 'a response is an object');
    for (const call of calls) must(isJsonObject(call['args']), 'arguments are an object');
    for (const part of parts) {
      const kinds = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse'].filter(
        (kind) => kind in part,
      );
      must(kinds.length === 1, 'a part is one thing');
      for (const source of [objectAt(part, 'inlineData'), objectAt(part, 'fileData')]) {
        must(!source || /^[a-z]+\/[\w.+-]+/.test(stringAt(source, 'mimeType') ?? ''), 'media has a type');
      }
    }
    const first = parts.find((part) => part['functionCall']);
    must(
      !model.includes('-3') || !first || typeof first['thoughtSignature'] === 'string',
      'Gemini 3: the first call is signed',
    );
  }
  const names = declarationsOf(body).map((tool) => stringAt(tool, 'name') ?? '');
  for (const tool of declarationsOf(body))
    must(!('$schema' in (objectAt(tool, 'parametersJsonSchema') ?? {})), 'no $schema');
  const calling = objectAt(objectAt(body, 'toolConfig') ?? {}, 'functionCallingConfig');
  if (calling) {
    must(names.length > 0, 'a tool choice has tools');
    must(MODES.includes(String(calling['mode'])), 'a known mode');
    const allowed = calling['allowedFunctionNames'] !== undefined;
    must(
      !allowed || calling['mode'] === 'ANY' || calling['mode'] === 'VALIDATED',
      'allowed names go with ANY or VALIDATED',
    );
  }
  const config = objectAt(body, 'generationConfig') ?? {};
  must((arrayAt(config, 'stopSequences') ?? []).length <= 5, 'at most five stops');
  must(config['seed'] === undefined || Math.abs(Number(config['seed'])) < 2 ** 31, 'the seed has 32 bits');
  must(config['temperature'] === undefined || Number(config['temperature']) <= 2, 'temperature at most 2');
  must(!('responseJsonSchema' in config) || config['responseMimeType'] === 'application/json', 'a schema has its type');
  const system = arrayAt(objectAt(body, 'systemInstruction') ?? { parts: [{ text: '' }] }, 'parts') ?? [];
  must(system.length > 0 && system.every((part) => isJsonObject(part) && 'text' in part), 'instructions are text');
  return [...new Set(broken)];
}

/** Request fields that ask for something, by the path a note about them has, and where Gemini's body says them. */
const SAID: Readonly<Record<string, (body: JsonObject) => boolean>> = {
  temperature: (body) => 'temperature' in configOf(body),
  top_p: (body) => 'topP' in configOf(body),
  seed: (body) => 'seed' in configOf(body),
  stop: (body) => 'stopSequences' in configOf(body),
  frequency_penalty: (body) => 'frequencyPenalty' in configOf(body),
  presence_penalty: (body) => 'presencePenalty' in configOf(body),
  max_tokens: (body) => 'maxOutputTokens' in configOf(body),
  max_completion_tokens: (body) => 'maxOutputTokens' in configOf(body),
  response_format: (body) => configOf(body)['responseMimeType'] === 'application/json',
  reasoning: (body) => 'thinkingConfig' in configOf(body),
  reasoning_effort: (body) => 'thinkingConfig' in configOf(body),
  min_p: () => false,
  repetition_penalty: () => false,
  logit_bias: () => false,
  user: () => false,
  metadata: () => false,
  verbosity: () => false,
  prompt_cache_key: () => false,
  prediction: () => false,
  store: () => false,
};

function configOf(body: JsonObject): JsonObject {
  return objectAt(body, 'generationConfig') ?? {};
}

/** Fields of the request that are neither in the body nor in a note. */
function forgotten(wire: JsonObject, body: JsonObject, notes: readonly Note[]): string[] {
  return Object.entries(SAID).flatMap(([field, isSaid]) => {
    const value = wire[field];
    const asksNothing =
      value === undefined ||
      value === null ||
      (Array.isArray(value) && value.length === 0) ||
      (field === 'response_format' && isJsonObject(value) && value['type'] === 'text') ||
      (field === 'reasoning' && isJsonObject(value) && Object.keys(value).length === 0) ||
      value === 'default';
    if (asksNothing || isSaid(body)) return [];
    const paths = field === 'reasoning_effort' ? ['reasoning'] : [field, field.replace('_completion', '')];
    return notes.some((note) => paths.some((path) => note.field.startsWith(path))) ? [] : [field];
  });
}

describe.if(haveRecordings)('recorded chat requests in the gemini grammar', () => {
  /** By provider; each request counts once for each model. */
  const rows = new Map<string, { passed: number; failed: number; refused: number }>();

  for (const model of MODELS) {
    test(`for ${model.name}: nothing lost without a note, no rule broken`, () => {
      const failures: string[] = [];
      for (const recording of recordingsOf('chat.completions')) {
        const body = recording.request?.body;
        if (!isJsonObject(body)) continue;
        const row = rows.get(recording.provider) ?? { passed: 0, failed: 0, refused: 0 };
        rows.set(recording.provider, row);
        const decoded = decodeOrRefuse(body);
        // What the client face refuses never reaches a translation; the provider refused each of these too.
        if (!decoded) {
          if ((recording.response.status ?? 200) < 400) failures.push(`${recording.id}: refused, but it was answered`);
          row.refused++;
          continue;
        }
        const { value, notes } = gemini.upstream.encodeRequest(decoded.value, contextOf(model));
        const allNotes = [...decoded.notes, ...notes];
        const lost = lostMeanings(
          normalise(meaningsOfRequest(decoded.value)),
          normalise(meaningsOfBody(value.body)),
          allNotes,
        );
        const problems = [
          ...lost.map((meaning) => `lost ${meaning.kind} ${meaning.field}: ${meaning.value.slice(0, 200)}`),
          ...violationsOf(value.body, model.name),
          ...forgotten(body, value.body, allNotes).map((field) => `forgot ${field}`),
        ];
        if (problems.length === 0) row.passed++;
        else {
          row.failed++;
          failures.push(`${recording.id}: ${problems.join('; ')}`);
        }
      }
      expect(failures.slice(0, 20)).toEqual([]);
    });
  }

  test('content that cannot be said is named before it is tried', () => {
    for (const recording of recordingsOf('chat.completions')) {
      const body = recording.request?.body;
      const decoded = isJsonObject(body) ? decodeOrRefuse(body) : undefined;
      const model = MODELS[0];
      if (!decoded || !model) continue;
      const { notes } = gemini.upstream.encodeRequest(decoded.value, contextOf(model));
      const dropped = notes.filter((note) => note.code === 'part.dropped' && note.message.startsWith('File id'));
      if (dropped.length > 0) expect(unsayable(decoded.value, contextOf(model))).not.toEqual([]);
    }
  });

  afterAll(() => {
    for (const [provider, row] of rows) {
      console.log(
        `chat → gemini ${provider}: ${row.passed} passed, ${row.failed} failed, ${row.refused} refused at the door`,
      );
    }
  });
});

function decodeOrRefuse(body: JsonObject): ReturnType<typeof decodeChatRequest> | undefined {
  try {
    return decodeChatRequest(parseChatRequest(body));
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'client.invalid_request') return undefined;
    throw thrown;
  }
}
