import { describe, expect, test } from 'bun:test';
import type { ExchangeKind } from '../../core/exchange-kind.ts';
import { type Ask, type Host, questionOf } from '../lab.fixture.ts';
import { wrongEndpoint } from '../no-endpoints.ts';
import { planRoute } from '../plan.ts';

const chats: Host = { name: 'chats', endpoint: { outputModalities: ['text'] } };
const draws: Host = { name: 'draws', endpoint: { outputModalities: ['image'] } };
const embeds: Host = { name: 'embeds', endpoint: { outputModalities: ['embeddings'] } };
const both: Host = { name: 'both', endpoint: { outputModalities: ['text', 'embeddings'] } };
const unsaid: Host = {
  name: 'unsaid',
  endpoint: { outputModalities: ['text', 'image', 'audio'], outputIsAssumed: true },
};
const ALL: Ask = { hosts: [chats, draws, embeds, both, unsaid], demand: { outputModalities: [] } };

const planned = (kind: ExchangeKind, ask: Ask = ALL) => planRoute({ ...questionOf(ask), kind });
const names = (kind: ExchangeKind) =>
  planned(kind)
    .targets.map(({ candidate }) => candidate.provider.id)
    .sort();

describe('a kind of exchange goes to models of its kind', () => {
  test.each<[ExchangeKind, readonly string[]]>([
    ['chat', ['both', 'chats', 'draws', 'unsaid']],
    ['embeddings', ['both', 'embeds', 'unsaid']],
    ['rerank', ['unsaid']],
  ])('%s', (kind, hosts) => {
    expect(names(kind)).toEqual([...hosts]);
  });

  test('the others are named with what they are for', () => {
    expect(planned('rerank').excluded).toMatchObject([
      { providerName: 'Chats', excludedBy: 'capability', because: 'it is not for rerank', field: 'model' },
      { providerName: 'Draws', because: 'it is not for rerank' },
      { providerName: 'Embeds', because: 'it is for embeddings' },
      { providerName: 'Both', because: 'it is for embeddings' },
    ]);
    expect(planned('chat').excluded).toMatchObject([{ providerName: 'Embeds', because: 'it is for embeddings' }]);
  });
});

describe('where no model is of the kind', () => {
  const refused = (kind: ExchangeKind, ...hosts: Host[]) =>
    wrongEndpoint(kind, ['lab/model'], questionOf({ hosts }).groups);

  test('the refusal names the right path', () => {
    const error = refused('chat', embeds);
    expect([error?.status, error?.details.availability]).toMatchObject([
      400,
      { code: 'wrong_endpoint', retryable: false },
    ]);
    expect(error?.message).toBe(
      'lab/model is for embeddings and cannot be asked for a conversation. Ask POST /embeddings.',
    );
    expect(refused('moderation', chats)?.message).toContain('holds conversations and cannot be asked for a judgement');
  });

  test('there is none where one is, or none is served', () => {
    expect(refused('chat', embeds, chats)).toBeUndefined();
    expect(refused('embeddings', unsaid)).toBeUndefined();
    expect(refused('chat')).toBeUndefined();
  });
});
