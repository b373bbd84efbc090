import { describe, expect, test } from 'bun:test';
import { sampleSettlement } from '../../ledger/sample-settlement.ts';
import type { Intent } from '../../ledger/store.ts';
import type { BatchResult, WriteBatch } from './messages.ts';
import { createWriteQueue } from './write-queue.ts';

/** A queue whose worker is the test: it sees each batch and says what became of it. */
function openQueue() {
  const unanswered: WriteBatch[] = [];
  const sent: WriteBatch[] = [];
  const warnings: string[] = [];
  const queue = createWriteQueue({
    send(batch) {
      unanswered.push(batch);
      sent.push(batch);
    },
    warn: (message) => warnings.push(message),
    monotonicMs: () => performance.now(),
    settleTimeoutMs: 60,
    intentDelayMs: 20,
  });
  queue.start();
  const next = async (): Promise<WriteBatch> => {
    for (;;) {
      const batch = unanswered.shift();
      if (batch !== undefined) return batch;
      await Bun.sleep(1);
    }
  };
  return {
    queue,
    sent,
    warnings,
    next,
    async acknowledgeNext(result: Partial<BatchResult> = {}): Promise<WriteBatch> {
      const batch = await next();
      queue.acknowledge(batch.sequence, {
        refused: [],
        conflicts: [],
        changed: batch.changes.map(() => true),
        ...result,
      });
      return batch;
    },
  };
}

const idsOf = (batch: WriteBatch) => batch.settlements.map((row) => row[0]);
const intentOf = (id: string): Intent => ({ id, startedAtMs: 5, keyHash: 'k', modelId: 'm' });

describe('batches', () => {
  test('what one turn brings leaves in one message, and the next waits for its answer', async () => {
    const { queue, sent, acknowledgeNext } = openQueue();
    const first = [queue.settle(sampleSettlement('a')), queue.settle(sampleSettlement('b'))];
    await Bun.sleep(2);
    const second = [queue.settle(sampleSettlement('c')), queue.settle(sampleSettlement('d'))];
    await Bun.sleep(2);
    expect(sent.map(idsOf)).toEqual([['a', 'b']]);
    await acknowledgeNext();
    await Promise.all(first);
    expect(idsOf(await acknowledgeNext())).toEqual(['c', 'd']);
    await Promise.all(second);
  });

  test('a settlement is pending until it is acknowledged', async () => {
    const { queue, acknowledgeNext } = openQueue();
    const settlement = sampleSettlement('a');
    const settled = queue.settle(settlement);
    expect(queue.pending('a')).toBe(settlement);
    await acknowledgeNext();
    await settled;
    expect(queue.pending('a')).toBeUndefined();
  });

  test('the same id settled twice at once is one record and two answers', async () => {
    const { queue, acknowledgeNext } = openQueue();
    const both = [queue.settle(sampleSettlement('a')), queue.settle(sampleSettlement('a'))];
    expect(idsOf(await acknowledgeNext())).toEqual(['a']);
    await Promise.all(both);
  });
});

describe('a store in trouble', () => {
  test('refuses the caller after the deadline, keeps the record, and posts it once when the answer comes', async () => {
    const { queue, sent, acknowledgeNext } = openQueue();
    await expect(queue.settle(sampleSettlement('a'))).rejects.toMatchObject({ code: 'gateway.unavailable' });
    expect(queue.pending('a')?.id).toBe('a');
    await acknowledgeNext();
    expect(queue.pending('a')).toBeUndefined();
    await queue.flush();
    expect(sent.map(idsOf)).toEqual([['a']]);
  });

  test('that fails a batch refuses its callers at once and gets the batch again, first in line', async () => {
    const { queue, next, acknowledgeNext, warnings } = openQueue();
    const settled = queue.settle(sampleSettlement('a'));
    const failed = await next();
    queue.fail(failed.sequence, 'database or disk is full');
    await expect(settled).rejects.toMatchObject({ code: 'gateway.unavailable' });
    expect(queue.health()).toEqual({ unacknowledged: 1, lastFailure: 'database or disk is full' });
    expect(warnings).toEqual([expect.stringContaining('disk is full')]);
    const later = queue.settle(sampleSettlement('b')).catch(() => 'too late');
    expect(idsOf(await acknowledgeNext())).toEqual(['a', 'b']);
    await later;
    expect(queue.health()).toEqual({ unacknowledged: 0, lastFailure: null });
  });

  test('settling again after a refusal waits for the record that is still queued', async () => {
    const { queue, next, acknowledgeNext } = openQueue();
    const first = queue.settle(sampleSettlement('a'));
    queue.fail((await next()).sequence, 'busy');
    await expect(first).rejects.toThrow();
    const second = queue.settle(sampleSettlement('a')).then(
      () => 'settled',
      () => 'refused',
    );
    await acknowledgeNext();
    // The retry comes after 100 ms, the deadline of this queue is 60: either way the record goes once.
    expect(await second).toBeOneOf(['settled', 'refused']);
    expect(queue.pending('a')).toBeUndefined();
  });

  test('whose worker dies gets the unanswered batch once more, from the new worker on', async () => {
    const { queue, next, acknowledgeNext, sent } = openQueue();
    const settled = queue.settle(sampleSettlement('a')).catch(() => 'refused');
    const lost = await next();
    queue.stop('the writer stopped');
    await Bun.sleep(150);
    expect(sent).toHaveLength(1);
    queue.start();
    expect(idsOf(await acknowledgeNext())).toEqual(['a']);
    expect(await settled).toBe('refused');
    // A late answer of the dead worker's batch changes nothing.
    queue.acknowledge(lost.sequence, { refused: [], conflicts: [], changed: [] });
  });

  test('one impossible record refuses its own caller only', async () => {
    const { queue, acknowledgeNext, warnings } = openQueue();
    const bad = queue.settle(sampleSettlement('bad'));
    const good = queue.settle(sampleSettlement('good'));
    await acknowledgeNext({ refused: [{ id: 'bad', reason: 'out of range' }] });
    await expect(bad).rejects.toMatchObject({ code: 'gateway.unavailable' });
    await good;
    expect(warnings).toEqual([expect.stringContaining('bad was refused by the database')]);
  });

  test('a key change that failed is refused and not tried again behind the caller’s back', async () => {
    const { queue, next, sent } = openQueue();
    const removed = queue.removeKey('hash');
    queue.fail((await next()).sequence, 'busy');
    await expect(removed).rejects.toMatchObject({ code: 'gateway.unavailable' });
    await Bun.sleep(150);
    expect(sent).toHaveLength(1);
  });
});

describe('intents', () => {
  test('of an exchange that settles first are never written', async () => {
    const { queue, sent, acknowledgeNext } = openQueue();
    queue.open(intentOf('a'));
    const settled = queue.settle(sampleSettlement('a'));
    await acknowledgeNext();
    await settled;
    await queue.flush();
    expect(sent.flatMap((batch) => batch.intents)).toEqual([]);
    expect(sent.flatMap((batch) => batch.closedIntents)).toEqual([]);
  });

  test('of a longer exchange are written after a while and closed with its settlement', async () => {
    const { queue, acknowledgeNext } = openQueue();
    queue.open(intentOf('a'));
    expect((await acknowledgeNext()).intents).toEqual([['a', 5, 'k', 'm']]);
    const settled = queue.settle(sampleSettlement('a'));
    expect((await acknowledgeNext()).closedIntents).toEqual(['a']);
    await settled;
  });

  test('whose batch failed are written again, or closed where the exchange has settled since', async () => {
    const { queue, next, acknowledgeNext } = openQueue();
    queue.open(intentOf('a'));
    queue.open(intentOf('b'));
    const failed = await next();
    const settled = queue.settle(sampleSettlement('a')).catch(() => 'refused');
    queue.fail(failed.sequence, 'busy');
    const again = await acknowledgeNext();
    expect(again.intents.map((row) => row[0])).toEqual(['b']);
    // Whether the failed batch reached the disk is unknown, so the intent is closed in any case.
    expect(again.closedIntents).toEqual(['a']);
    await settled;
  });

  test('are written at once by a flush, which waits for everything', async () => {
    const { queue, acknowledgeNext } = openQueue();
    queue.open(intentOf('a'));
    const flushed = queue.flush();
    expect((await acknowledgeNext()).intents).toHaveLength(1);
    await flushed;
  });
});
