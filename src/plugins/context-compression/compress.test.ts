import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Message } from '../../core/chat.ts';
import { assistant, endpointOf, requestOf, result, says, user } from '../samples.fixture.ts';
import { compress, contextNeeded, promptRoom } from './compress.ts';
import { quartersOfMessage, toTokens } from './tokens.ts';

/** 100 tokens of text. */
const LONG = 'four'.repeat(100);

function textsOf(messages: readonly Message[]): string[] {
  return messages.map(({ content }) => content.map((part) => (part.type === 'text' ? part.text : '')).join(''));
}

function named(count: number): Message[] {
  return Array.from({ length: count }, (_, at) =>
    at % 2 === 0 ? user(`q${at} ${LONG}`) : assistant(`a${at} ${LONG}`),
  );
}

function kept(messages: readonly Message[]): string[] {
  return textsOf(messages).map((text) => text.split(' ', 1).join(''));
}

describe('compress', () => {
  test('leaves a prompt that fits as it is', () => {
    const request = requestOf(named(9));
    const done = compress(request, endpointOf(8192));
    expect(done.request).toBe(request);
    expect(done).toMatchObject({ messagesDropped: 0, textsShortened: 0, fits: true });
  });

  test('leaves out whole messages from the middle', () => {
    // 21 messages of about 105 tokens; room for 2000 - 1000.
    const done = compress(requestOf(named(21)), endpointOf(2000));
    expect(kept(done.request.messages)).toEqual(['q0', 'a1', 'q2', 'a3', 'q16', 'a17', 'q18', 'a19', 'q20']);
    expect(done).toMatchObject({ messagesDropped: 12, textsShortened: 0, fits: true });
    expect(done.tokensBefore).toBeGreaterThan(2000);
    expect(done.tokensAfter).toBeLessThanOrEqual(1000);
  });

  test('two turns of one side do not meet where something was left out', () => {
    for (let context = 1300; context < 3000; context += 50) {
      const roles = compress(requestOf(named(21)), endpointOf(context)).request.messages.map(({ role }) => role);
      // Where only the two turns that must stay are left, they meet.
      if (roles.length > 2) expect(roles.some((role, at) => role === roles[at + 1])).toBe(false);
    }
  });

  test('keeps system messages wherever they are', () => {
    const messages = named(21);
    const request = requestOf([
      says('system', 'rules'),
      ...messages.slice(0, 10),
      says('system', 'more'),
      ...messages.slice(10),
    ]);
    const done = compress(request, endpointOf(2000));
    expect(kept(done.request.messages).filter((name) => name === 'rules' || name === 'more')).toEqual([
      'rules',
      'more',
    ]);
    expect(done.request.messages[0]).toBe(request.messages[0]);
  });

  test('leaves out a tool call with its results, and keeps the last question of a long loop', () => {
    const steps = Array.from({ length: 20 }, (_, at) => [
      assistant(`s${at}`, [`c${at}a`, `c${at}b`]),
      result(`c${at}a`, `r${at} ${LONG}`),
      result(`c${at}b`, `r${at} ${LONG}`),
    ]).flat();
    const request = requestOf([user('hello'), assistant('hi'), user('the question'), ...steps]);
    const done = compress(request, endpointOf(2500));
    const names = kept(done.request.messages);
    expect(names.slice(0, 3)).toEqual(['hello', 'hi', 'the']);
    expect(names.slice(-3)).toEqual(['s19', 'r19', 'r19']);
    expect(done.messagesDropped % 3).toBe(0);
    expect(done.messagesDropped).toBeGreaterThan(0);
    expect(done.fits).toBe(true);
    const least = compress(request, endpointOf(600));
    expect(kept(least.request.messages)).toEqual(['hello', 'the', 's19', 'r19', 'r19']);
  });

  test('a result that comes after other messages still goes with its call', () => {
    const request = requestOf([
      user('start'),
      assistant('calls', ['c1']),
      user(`impatient ${LONG}`),
      result('c1', LONG.repeat(12)),
      assistant('done'),
      user('end'),
    ]);
    const done = compress(request, endpointOf(1500));
    expect(kept(done.request.messages)).toEqual(['start', 'done', 'end']);
  });

  test('shortens the longest texts that must stay, in their middle', () => {
    const essay = `BEGIN ${'word '.repeat(4000)}END`;
    const done = compress(requestOf([user(essay), assistant('fine'), user('short question')]), endpointOf(3000));
    const [first = '', last = ''] = textsOf(done.request.messages);
    expect(first).toStartWith('BEGIN word');
    expect(first).toEndWith('word END');
    expect(first).toMatch(/\n\[… \d+ characters left out …\]\n/);
    expect(last).toBe('short question');
    expect(done).toMatchObject({ messagesDropped: 1, textsShortened: 1, fits: true });
    // The mark tells how much is missing.
    const missing = Number(/\d+/.exec(first)?.[0]);
    expect(first.length - `\n[… ${missing} characters left out …]\n`.length + missing).toBe(essay.length);
  });

  test('cuts several long texts to one length and spares the others', () => {
    const done = compress(
      requestOf([user('x'.repeat(9000)), user('y'.repeat(400)), user('z'.repeat(6000))]),
      endpointOf(2000),
    );
    const [x = '', z = ''] = textsOf(done.request.messages);
    expect(done.messagesDropped).toBe(1);
    expect(Math.abs(x.length - z.length)).toBeLessThan(4);
    expect(done.tokensAfter).toBeGreaterThan(980);
  });

  test('shortens system texts only where nothing else suffices', () => {
    const both = requestOf([says('system', 's'.repeat(2000)), user('u'.repeat(9000))]);
    expect(textsOf(compress(both, endpointOf(2000)).request.messages)[0]).toBe('s'.repeat(2000));
    const system = requestOf([says('system', 's'.repeat(9000)), user('hi')]);
    const done = compress(system, endpointOf(2000));
    expect(done.fits).toBe(true);
    expect(textsOf(done.request.messages)[1]).toBe('hi');
  });

  test('says where even that does not fit', () => {
    const image = { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } } as const;
    const request = requestOf([{ role: 'user', content: [image, image, image] }]);
    const done = compress(request, endpointOf(2000));
    expect(done.request).toBe(request);
    expect(done.fits).toBe(false);
  });

  test('halves the list at both ends past the number of messages a provider takes', () => {
    const request = requestOf(
      Array.from({ length: 1201 }, (_, at) => (at % 2 === 0 ? user(`q${at}`) : assistant(`a${at}`))),
    );
    const { request: fitted, fits } = compress(request, endpointOf(1_000_000, { maxMessages: 1000 }));
    expect(fits).toBe(true);
    expect(fitted.messages.length).toBeGreaterThan(997);
    expect(fitted.messages.length).toBeLessThanOrEqual(1000);
    const names = kept(fitted.messages);
    const gap = names.findIndex((name, at) => Number(names[at + 1]?.slice(1)) !== Number(name.slice(1)) + 1);
    expect(gap).toBeGreaterThan(495);
    expect(gap).toBeLessThan(505);
  });

  test('keeps room for the answer that is asked for, the tools and the schema', () => {
    const messages = named(21);
    const short = compress(requestOf(messages, { maxOutputTokens: 100 }), endpointOf(2000)).messagesDropped;
    const long = compress(requestOf(messages, { maxOutputTokens: 1500 }), endpointOf(2000)).messagesDropped;
    const tools = [{ name: 'look', description: LONG.repeat(4) }];
    const tooled = compress(requestOf(messages, { maxOutputTokens: 100, tools }), endpointOf(2000)).messagesDropped;
    expect(short).toBeLessThan(tooled);
    expect(tooled).toBeLessThan(long);
  });

  test('a character of a script without spaces counts as a token', () => {
    expect(toTokens(quartersOfMessage(user('漢字'.repeat(500))))).toBe(1004);
    expect(compress(requestOf([user('漢字'.repeat(2000))]), endpointOf(2000))).toMatchObject({
      fits: true,
      textsShortened: 1,
    });
  });

  test('never cuts a surrogate pair in two', () => {
    for (let pad = 0; pad < 4; pad++) {
      const text = 'x'.repeat(pad) + '😀'.repeat(3000);
      const [cut = ''] = textsOf(compress(requestOf([user(text)]), endpointOf(2000)).request.messages);
      expect(cut.length).toBeLessThan(text.length);
      expect(cut.isWellFormed()).toBe(true);
    }
  });

  test('is linear: a hundred thousand messages take no time', () => {
    const request = requestOf(Array.from({ length: 100_000 }, (_, at) => (at % 2 === 0 ? user('q') : assistant('a'))));
    const start = performance.now();
    expect(compress(request, endpointOf(2000)).fits).toBe(true);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('what a model must have room for', () => {
  test('half of what prompt and answer take together', () => {
    expect(contextNeeded(100_000, 2000)).toBe(51_000);
    expect(contextNeeded(9000)).toBe(5000);
  });

  test('the answer never takes the whole context', () => {
    expect(promptRoom(undefined, endpointOf(8192))).toBe(7192);
    expect(promptRoom(8192, endpointOf(8192))).toBe(2048);
    expect(promptRoom(8192, endpointOf(8192, { maxOutputTokens: 512 }))).toBe(7680);
  });
});

describe('compress, whatever the conversation', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 30, unit: 'grapheme' }),
    fc.nat(1500).map((length) => 'lorem ipsum '.repeat(length / 12 + 1).slice(0, length)),
  );
  const turn = fc.oneof(
    { weight: 4, arbitrary: text.map((said) => [user(said)]) },
    { weight: 4, arbitrary: text.map((said) => [assistant(said)]) },
    { weight: 1, arbitrary: text.map((said) => [says('system', said)]) },
    {
      weight: 3,
      arbitrary: fc.array(text, { minLength: 1, maxLength: 3 }).map((results) => [
        assistant(
          '',
          results.map((_, at) => `call-${at}`),
        ),
        ...results.map((said, at) => result(`call-${at}`, said)),
      ]),
    },
  );
  const conversation = fc.array(turn, { minLength: 1, maxLength: 40 }).map((turns) =>
    // Ids are the turn's own.
    turns.flatMap((messages, at) => messages.map((message) => withTurn(message, at))),
  );
  const endpoint = fc
    .record({ context: fc.integer({ min: 300, max: 6000 }), cap: fc.option(fc.integer({ min: 4, max: 60 })) })
    .map(({ context, cap }) =>
      endpointOf(context, { maxOutputTokens: 100, ...(cap !== null && { maxMessages: cap }) }),
    );

  function withTurn(message: Message, turnAt: number): Message {
    if (message.role === 'tool') return { ...message, toolCallId: `${turnAt}.${message.toolCallId}` };
    if (message.role !== 'assistant') return message;
    return { ...message, toolCalls: message.toolCalls.map((call) => ({ ...call, id: `${turnAt}.${call.id}` })) };
  }

  /** Messages of the result with the position they had. */
  function positions(before: readonly Message[], after: readonly Message[]): number[] {
    let from = 0;
    return after.map((message) => {
      const at = before.findIndex((other, index) => index >= from && isSame(other, message));
      from = at + 1;
      return at;
    });
  }

  /** The same but for the texts, which may be shortened. */
  function isSame(a: Message, b: Message): boolean {
    const blank = (message: Message) => ({ ...message, content: message.content.length });
    return JSON.stringify(blank(a)) === JSON.stringify(blank(b));
  }

  test('fits or says so, keeps the order, both ends and every system message', () => {
    fc.assert(
      fc.property(conversation, endpoint, (messages, target) => {
        const before = structuredClone(messages);
        const { request, fits, messagesDropped } = compress(requestOf(messages), target);
        expect(messages).toEqual(before);
        const tokens = toTokens(request.messages.reduce((sum, message) => sum + quartersOfMessage(message), 0));
        const room = promptRoom(undefined, target);
        expect(fits).toBe(
          tokens <= room && request.messages.length <= (target.maxMessages ?? Number.POSITIVE_INFINITY),
        );
        expect(messagesDropped).toBe(messages.length - request.messages.length);
        expect(positions(messages, request.messages).every((at) => at >= 0)).toBe(true);
        const spoken = ({ role }: Message) => role !== 'system';
        for (const list of [messages, request.messages]) expect(list.length).toBeGreaterThan(0);
        const [first, last] = [messages.find(spoken), messages.findLast(spoken)];
        const [firstKept, lastKept] = [request.messages.find(spoken), request.messages.findLast(spoken)];
        expect(first && firstKept ? isSame(first, firstKept) : first === firstKept).toBe(true);
        expect(last && lastKept ? isSame(last, lastKept) : last === lastKept).toBe(true);
        const systems = (list: readonly Message[]) => list.filter(({ role }) => role === 'system').length;
        expect(systems(request.messages)).toBe(systems(messages));
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  test('a tool call is there exactly where its results are', () => {
    fc.assert(
      fc.property(conversation, endpoint, (messages, target) => {
        const { request } = compress(requestOf(messages), target);
        const calls = request.messages.flatMap((message) =>
          message.role === 'assistant' ? message.toolCalls.map(({ id }) => id) : [],
        );
        const results = request.messages.flatMap((message) => (message.role === 'tool' ? [message.toolCallId] : []));
        expect(results).toEqual(calls);
      }),
      { seed: 2, numRuns: 150 },
    );
  });

  test('done twice is done once, and the same every time', () => {
    fc.assert(
      fc.property(conversation, endpoint, (messages, target) => {
        const once = compress(requestOf(messages), target);
        expect(compress(requestOf(messages), target)).toEqual(once);
        expect(compress(once.request, target).request).toBe(once.request);
      }),
      { seed: 3, numRuns: 150 },
    );
  });
});
