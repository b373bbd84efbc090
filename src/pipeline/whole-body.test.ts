import { describe, expect, test } from 'bun:test';
import type { Framing } from '../dialects/dialect.ts';
import type { EgressResponse } from '../egress/egress.ts';
import { readText } from '../egress/egress.ts';
import { eventMessage, joinBytes } from '../wire/aws-event-stream.fixture.ts';
import type { StreamFace } from './lane.ts';
import { readWholeBody } from './whole-body.ts';

const MAX_BYTES = 1000;

function responseOf(content: string | Uint8Array, type = 'application/json'): EgressResponse {
  const { body, headers } = new Response(content, { headers: { 'content-type': type } });
  return { status: 200, headers, body, text: (maxBytes) => readText(body, maxBytes) };
}

/** What was read as one text, or the frames of the stream that was folded. */
async function read(
  content: string | Uint8Array,
  framing: Framing,
  type?: string,
): Promise<string | readonly string[]> {
  const frames: string[] = [];
  const folded = {
    push: (data: string) => void frames.push(data),
    end: () => {
      throw new Error('whoever reads the body ends it');
    },
  };
  const never = () => {
    throw new Error('no stream was asked for');
  };
  const streams: StreamFace = { open: never, of: never, openFolded: () => folded };
  const body = await readWholeBody(responseOf(content, type), framing, streams, MAX_BYTES);
  return body.kind === 'text' ? body.text : frames;
}

describe('what comes where a whole reply was asked', () => {
  test.each<[string, string, Framing]>([
    ['a reply', '{"a":1}', 'sse'],
    ['a reply of a grammar whose streams are lines', '{"a":1}\n', 'ndjson'],
    ['one in several lines', '{\n  "a": 1\n}\n', 'ndjson'],
    ['a line that is cut off', '{"a":1', 'ndjson'],
    ['a page', '<html>\n<body>Bad gateway</body>\n</html>', 'ndjson'],
    ['nothing', '', 'ndjson'],
    ['lines in a grammar that has none', '{"a":1}\n{"b":2}\n', 'sse'],
    ['a reply of a grammar whose streams are binary', '{"a":1}', 'aws-event-stream'],
  ])('%s is read as it is', async (_, text, framing) => {
    expect(await read(text, framing)).toBe(text);
  });

  test.each<[string, string | Uint8Array, Framing]>([
    ['lines', '{"a":1}\n{"b":2}\n', 'ndjson'],
    ['lines with blank ones between them', '\n{"a":1}\r\n\n{"b":2}', 'ndjson'],
    ['events', 'data: {"a":1}\n\ndata: {"b":2}\n\n', 'sse'],
    ['events of a proxy before a host of lines', 'data: {"a":1}\n\ndata: {"b":2}\n\n', 'ndjson'],
    ['binary messages', joinBytes([eventMessage('x', { a: 1 }), eventMessage('x', { b: 2 })]), 'aws-event-stream'],
  ])('%s are frames of a stream', async (_, content, framing) => {
    const frames = await read(content, framing);
    expect(typeof frames === 'string' ? frames : frames.map((frame) => JSON.parse(frame))).toEqual([
      { a: 1 },
      { b: 2 },
    ]);
  });

  test('lines that break off are frames, the last of them broken', async () => {
    expect(await read('{"a":1}\n{"b":', 'ndjson')).toEqual(['{"a":1}', '{"b":']);
  });

  test('no more than may be', async () => {
    const much = 'x'.repeat(MAX_BYTES);
    const binary = joinBytes([eventMessage('x', { much })]);
    for (const [content, framing] of [[`"${much}"`, 'ndjson'] as const, [binary, 'aws-event-stream'] as const]) {
      await expect(read(content, framing)).rejects.toThrow(`${MAX_BYTES} bytes`);
    }
  });
});
