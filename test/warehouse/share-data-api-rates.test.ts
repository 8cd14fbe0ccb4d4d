import { DescribeStatementCommand, GetStatementResultCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenBucket } from '../../src/pacing/token-bucket.ts';
import { shareDataApiRates } from '../../src/warehouse/share-data-api-rates.ts';

/** Time that passes only while somebody sleeps; sleepers wake in the order of their times. */
function virtualTime() {
  let now = 0;
  const sleepers: { at: number; wake: () => void }[] = [];
  return {
    now: () => now,
    sleep: (ms: number) => new Promise<void>((wake) => sleepers.push({ at: now + ms, wake })),
    async runOut() {
      for (;;) {
        for (let turn = 0; turn < 50; turn += 1) {
          await null;
        }
        const next = sleepers.sort((a, b) => a.at - b.at).shift();
        if (next === undefined) {
          return;
        }
        now = next.at;
        next.wake();
      }
    },
  };
}

describe('createTokenBucket', () => {
  it('never lets more through in any stretch of time than its rate and one rest allow, and lets everybody through', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.5, max: 40, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        async (rate, calls) => {
          const time = virtualTime();
          const bucket = createTokenBucket(rate, time);
          const passed: number[] = [];
          const taking = Array.from({ length: calls }, () => bucket.take().then(() => passed.push(time.now())));
          await time.runOut();
          await Promise.all(taking);
          expect(passed).toHaveLength(calls);
          expect(passed).toEqual(passed.toSorted((a, b) => a - b));
          const most = Math.max(1, Math.floor(rate));
          for (const [index, from] of passed.entries()) {
            for (let until = index; until < passed.length; until += 1) {
              const seconds = ((passed[until] ?? 0) - from) / 1000;
              expect(until - index + 1).toBeLessThanOrEqual(most + seconds * rate + 1e-6);
            }
          }
        },
      ),
    );
  });
});

describe('shareDataApiRates', () => {
  /** When each call went out, milliseconds. */
  async function callTimes(
    targets: number,
    command: GetStatementResultCommand | DescribeStatementCommand,
    calls: number,
  ) {
    const time = virtualTime();
    const sent: number[] = [];
    const client = new RedshiftDataClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    });
    shareDataApiRates(client, targets, time);
    client.middlewareStack.add(
      () => async () => {
        sent.push(Math.round(time.now()));
        return { output: { $metadata: {} }, response: {} };
      },
      { step: 'deserialize', priority: 'high' },
    );
    const all = Array.from({ length: calls }, () =>
      command instanceof GetStatementResultCommand ? client.send(command) : client.send(command),
    );
    const done = Promise.all(all);
    let over = false;
    void done.then(() => {
      over = true;
    });
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve));
      await time.runOut();
    }
    return sent;
  }

  it("lets one target have half of the account's rate", async () => {
    expect(await callTimes(1, new GetStatementResultCommand({ Id: 'x' }), 12)).toEqual([
      ...Array(10).fill(0),
      100,
      200,
    ]);
  });

  it('divides it by the targets that share it, once the calls of one run are spent', async () => {
    const atOnce = Array<number>(8).fill(0);
    expect(await callTimes(10, new GetStatementResultCommand({ Id: 'x' }), 10)).toEqual([...atOnce, 1000, 2000]);
    expect(await callTimes(10, new DescribeStatementCommand({ Id: 'x' }), 9)).toEqual([...atOnce, 200]);
  });

  it('lets each get on however many they are', async () => {
    expect(await callTimes(1000, new GetStatementResultCommand({ Id: 'x' }), 9)).toEqual([...Array(8).fill(0), 2000]);
  });
});
