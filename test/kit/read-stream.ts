/** A chat stream read frame by frame, strictly: what is neither a comment nor a `data:` line fails the test. */
import { z } from 'zod';

const frame = z.looseObject({
  id: z.string().regex(/^gen-\d{10}-[0-9A-Za-z]{20}$/),
  object: z.literal('chat.completion.chunk'),
  created: z.int(),
  model: z.string(),
  provider: z.string(),
  choices: z.array(
    z.looseObject({
      index: z.int(),
      delta: z.looseObject({ content: z.string().nullish() }),
      finish_reason: z.string().nullable(),
      native_finish_reason: z.string().nullish(),
    }),
  ),
  usage: z
    .looseObject({
      prompt_tokens: z.int(),
      completion_tokens: z.int(),
      total_tokens: z.int(),
      cost: z.number(),
    })
    .optional(),
  error: z
    .looseObject({
      code: z.int(),
      message: z.string().min(1),
      metadata: z.looseObject({ error_type: z.string().min(1) }),
    })
    .optional(),
});

export type StreamFrame = z.infer<typeof frame>;

export interface StreamRead {
  readonly id: string;
  /** What came, in its order. */
  readonly order: readonly ('comment' | 'content' | 'finish' | 'usage' | 'error' | 'done' | 'other')[];
  readonly frames: readonly StreamFrame[];
  /** The answer's text. */
  readonly text: string;
  readonly usage: StreamFrame['usage'];
  readonly error: StreamFrame['error'];
  readonly isDone: boolean;
}

/** Reads to the end. @throws where a line or a frame is not in OpenRouter's form (OpenRouter's API) */
export async function readStream(response: Response): Promise<StreamRead> {
  if (response.status !== 200) throw new Error(`status ${response.status}: ${await response.text()}`);
  const type = response.headers.get('content-type');
  if (!type?.startsWith('text/event-stream')) throw new Error(`a stream of the type ${type}`);
  return parseStream(await response.text());
}

export function parseStream(text: string): StreamRead {
  if (!text.endsWith('\n\n')) throw new Error(`the stream ends within an event: ${text.slice(-200)}`);
  const events = text.slice(0, -2).split('\n\n');
  const order: StreamRead['order'][number][] = [];
  const frames: StreamFrame[] = [];
  for (const event of events) {
    if (event.startsWith(': ')) {
      if (event !== ': OPENROUTER PROCESSING') throw new Error(`an unknown comment: ${event}`);
      order.push('comment');
    } else if (event === 'data: [DONE]') order.push('done');
    else {
      if (!event.startsWith('data: ') || event.includes('\n')) throw new Error(`no event of a chat stream: ${event}`);
      const next = frame.parse(JSON.parse(event.slice('data: '.length)));
      frames.push(next);
      order.push(kindOf(next));
    }
  }
  return {
    id: frames[0]?.id ?? '',
    order,
    frames,
    text: frames.map(({ choices }) => choices[0]?.delta.content ?? '').join(''),
    usage: frames.find(({ usage }) => usage !== undefined)?.usage,
    error: frames.find(({ error }) => error !== undefined)?.error,
    isDone: order.at(-1) === 'done',
  };
}

function kindOf({ error, usage, choices }: StreamFrame): StreamRead['order'][number] {
  if (error) return 'error';
  if (usage) return 'usage';
  if (choices.some(({ finish_reason }) => finish_reason !== null)) return 'finish';
  return choices.some(({ delta }) => delta.content) ? 'content' : 'other';
}

/** Consecutive repeats once: `content content finish` reads `content finish`. */
export function shapeOf({ order }: StreamRead): string {
  return order.filter((kind, at) => kind !== order[at - 1]).join(' ');
}
