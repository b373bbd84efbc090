/** An upstream that keeps the bodies it receives as text, byte for byte, and answers every one as an openai-chat host. */
export interface RecordingUpstream {
  readonly url: string;
  readonly bodies: readonly string[];
  stop(): Promise<void>;
}

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'recorded',
  choices: [{ index: 0, message: { role: 'assistant', content: 'noted' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
};

export function startRecordingUpstream(): RecordingUpstream {
  const bodies: string[] = [];
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      bodies.push(await request.text());
      return Response.json(ANSWER);
    },
  });
  return { url: `http://127.0.0.1:${server.port}/v1`, bodies, stop: () => server.stop(true) };
}
