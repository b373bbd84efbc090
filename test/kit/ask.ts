/** Chat requests over plain HTTP, as a caller without any SDK sends them, and what comes back read strictly. */
import { z } from 'zod';
import type { Gateway } from './start-gateway.ts';

/** Who is asked: a gateway of this process, or one of its own process. */
export type Asked = Pick<Gateway, 'url' | 'apiKey'>;

export interface AskOptions {
  /** Null sends no key at all; absent = the gateway's inference key. */
  readonly key?: string | null;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Sends a body: text goes as it is, anything else as JSON. */
export function ask(gateway: Asked, body: unknown, options: AskOptions = {}): Promise<Response> {
  const { key = gateway.apiKey, path = '/api/v1/chat/completions', method = 'POST', headers, signal } = options;
  return fetch(gateway.url + path, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...headers,
    },
    ...(method !== 'GET' && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  });
}

/** The request that most tests vary. */
export function chat(model: string, content = 'one two three', more: Readonly<Record<string, unknown>> = {}) {
  return { model, messages: [{ role: 'user', content }], ...more };
}

/** OpenRouter's error body (OpenRouter's API): every one has these, whatever else it has. */
const errorReply = z.looseObject({
  error: z.looseObject({
    code: z.int(),
    message: z.string().min(1),
    metadata: z.looseObject({ error_type: z.string().min(1) }),
    availability: z
      .looseObject({
        code: z.string(),
        retryable: z.boolean(),
        requested_models: z.array(z.string()),
        docs_url: z.string(),
      })
      .optional(),
  }),
});

export type WireError = z.infer<typeof errorReply>['error'];

/** @throws where the answer is no error in OpenRouter's form, or its code is not its status */
export async function errorOf(response: Response): Promise<WireError> {
  const { error } = errorReply.parse(await response.json());
  if (error.code !== response.status) throw new Error(`error.code ${error.code} with status ${response.status}`);
  if (response.headers.get('content-type') !== 'application/json') throw new Error('an error that is not said as JSON');
  return error;
}

const wireUsage = z.looseObject({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  cost: z.number(),
});

const completion = z.looseObject({
  id: z.string(),
  object: z.literal('chat.completion'),
  model: z.string(),
  provider: z.string(),
  choices: z.array(
    z.looseObject({
      finish_reason: z.string().nullable(),
      native_finish_reason: z.string().nullable(),
      message: z.looseObject({ role: z.literal('assistant'), content: z.string().nullable() }),
    }),
  ),
  usage: wireUsage,
});

/** @throws where it is not a whole answer */
export async function wholeOf(response: Response): Promise<z.infer<typeof completion>> {
  const text = await response.text();
  if (response.status !== 200) throw new Error(`status ${response.status}: ${text}`);
  return completion.parse(JSON.parse(text));
}

export type WholeAnswer = z.infer<typeof completion>;
