import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { createItemStore } from '../../src/session-table/item-store.ts';
import { createTablePace } from '../../src/session-table/table-pace.ts';

/** A clock whose sleeps are over at once, one after the other in the order of their ends. */
function sleepers() {
  let now = 0;
  const waiting: { at: number; wake: () => void }[] = [];
  return {
    now: () => now,
    sleep: (ms: number) => new Promise<void>((wake) => waiting.push({ at: now + ms, wake })),
    async finish(work: Promise<unknown>) {
      let isOver = false;
      const watched = work.finally(() => {
        isOver = true;
      });
      while (!isOver) {
        await new Promise((resolve) => setImmediate(resolve));
        const next = waiting.toSorted((one, other) => one.at - other.at)[0];
        if (next !== undefined) {
          waiting.splice(waiting.indexOf(next), 1);
          now = Math.max(now, next.at);
          next.wake();
        }
      }
      await watched;
    },
  };
}

/** Most units of one whole second, wherever it begins. */
function busiest(done: readonly { at: number; units: number }[]): number {
  return Math.max(
    ...done.map(({ at: from }) =>
      done.filter(({ at }) => at >= from && at < from + 1_000).reduce((sum, { units }) => sum + units, 0),
    ),
  );
}

const backend = (index: number, bytes: number) => ({
  ...{ pk: 'TARGET#prod', sk: `BACKEND#${index}`, kind: 'backend', version: 1 },
  note: 'x'.repeat(bytes),
});

describe('the pace of a process', () => {
  it('keeps writes of hundreds of backends below what a partition takes in any second, and no slower than needed', async () => {
    const clock = sleepers();
    const done: { at: number; units: number }[] = [];
    const client = {
      send: async () => {
        done.push({ at: clock.now(), units: 2 });
        return {};
      },
    } as unknown as DynamoDBDocumentClient;
    const store = createItemStore(client, 'sessions', undefined, createTablePace(clock));
    const writes = Array.from({ length: 2_000 }, (_, index) => store.putNext(backend(index, 1_500), 'a backend'));
    await clock.finish(Promise.all(writes));
    expect(done).toHaveLength(2_000);
    expect(busiest(done)).toBeLessThanOrEqual(1_000);
    // 4,000 units at 800 a second.
    expect(clock.now()).toBeGreaterThan(4_700);
    expect(clock.now()).toBeLessThanOrEqual(5_000);
  });

  it('keeps strong reads of thousands of backends below it, too', async () => {
    const clock = sleepers();
    const done: { at: number; units: number }[] = [];
    const client = {
      send: async ({ input }: { input: { RequestItems: { sessions: { Keys: unknown[] } } } }) => {
        done.push({ at: clock.now(), units: input.RequestItems.sessions.Keys.length });
        return { Responses: { sessions: [] } };
      },
    } as unknown as DynamoDBDocumentClient;
    const store = createItemStore(client, 'sessions', undefined, createTablePace(clock));
    const keys = Array.from({ length: 10_000 }, (_, index) => ({ pk: 'TARGET#prod', sk: `BACKEND#${index}` }));
    await clock.finish(store.getMany(keys));
    expect(busiest(done)).toBeLessThanOrEqual(3_000);
    expect(clock.now()).toBeLessThanOrEqual(4_500);
  });

  it('holds nobody up who writes little', async () => {
    const clock = sleepers();
    const pace = createTablePace(clock);
    for (let index = 0; index < 50; index += 1) {
      await pace.write(1_500);
    }
    await pace.readItems(250);
    await pace.readBytes(100_000);
    expect(clock.now()).toBe(0);
  });
});
