/** An upstream that streams as fast as it may, hundreds of megabytes if they are taken; it counts what was. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FloodUpstream {
  readonly url: string;
  /** Bytes that the other side's sockets and ours have accepted. */
  sentBytes(): number;
  /** Whether the last connection has been closed by the other side. */
  isClosed(): boolean;
  stop(): Promise<void>;
}

const TEXT = 'x'.repeat(16_384);
const FRAMES: Readonly<Record<string, { readonly first: string; readonly each: string; readonly last: string }>> = {
  '/v1/chat/completions': {
    first: '',
    each: `data: ${JSON.stringify({ id: 'flood', object: 'chat.completion.chunk', created: 1, model: 'flood', choices: [{ index: 0, delta: { content: TEXT }, finish_reason: null }] })}\n\n`,
    last: 'data: {"id":"flood","object":"chat.completion.chunk","created":1,"model":"flood","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}\n\ndata: [DONE]\n\n',
  },
  '/v1/messages': {
    first:
      `event: message_start\ndata: ${JSON.stringify({ type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'flood', content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 } } })}\n\n` +
      `event: content_block_start\ndata: ${JSON.stringify({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })}\n\n`,
    each: `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: TEXT } })}\n\n`,
    last:
      'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n' +
      'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}\n\n' +
      'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  },
};

export async function startFloodUpstream(totalBytes: number): Promise<FloodUpstream> {
  /** The last connection's: an earlier one may still be closing. */
  let last = { sent: 0, closed: true };
  const server = createServer((request, response) => {
    const frames = FRAMES[request.url ?? ''];
    const own = { sent: 0, closed: false };
    last = own;
    request.resume();
    if (!frames) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.on('close', () => {
      own.closed = true;
    });
    response.write(frames.first);
    const pour = (): void => {
      while (!own.closed && own.sent < totalBytes) {
        own.sent += frames.each.length;
        if (!response.write(frames.each)) return void response.once('drain', pour);
      }
      if (!own.closed) response.end(frames.last);
    };
    pour();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    sentBytes: () => last.sent,
    isClosed: () => last.closed,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
