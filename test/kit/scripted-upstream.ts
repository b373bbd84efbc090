/** An upstream of the openai-chat grammar on a real socket whose answers a test writes; it keeps what it was sent. */
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';

export interface ReceivedRequest {
  readonly headers: Headers;
  readonly body: JsonObject;
}

export interface ScriptedUpstream {
  /** With the version segment. */
  readonly url: string;
  readonly received: readonly ReceivedRequest[];
  stop(): Promise<void>;
}

/** The answer of a host that says `content`. */
export function answerOf(content: string, usage: JsonObject = {}, more: JsonObject = {}): Response {
  return Response.json({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12, ...usage },
    ...more,
  });
}

export function refusalOf(status: number, message = 'refused'): Response {
  return Response.json({ error: { message, type: 'x', code: null } }, { status });
}

export function startScriptedUpstream(answer: (request: ReceivedRequest) => Response): ScriptedUpstream {
  const received: ReceivedRequest[] = [];
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const body: unknown = await request.json();
      const got = { headers: request.headers, body: isJsonObject(body) ? body : {} };
      received.push(got);
      return answer(got);
    },
  });
  return { url: `http://127.0.0.1:${server.port}/v1`, received, stop: () => server.stop(true) };
}
