import { describe, expect, it } from 'vitest';
import { MeteringAccount } from '../../benchmarks/scale/account/metering-account.ts';
import { SdkClient } from '../../benchmarks/scale/account/sdk-client.ts';
import { Random } from '../simulation/engine/random.ts';
import { Scheduler } from '../simulation/engine/scheduler.ts';

function accountAt(start = 0) {
  const time = { now: start };
  return { time, account: new MeteringAccount(() => time.now) };
}

describe('the simulated account', () => {
  it('lets a second through at once after a rest, and throttles the next call, whoever makes it', () => {
    const { account } = accountAt();
    const answers = Array.from({ length: 31 }, () => account.admits('runs', 'ExecuteStatement'));
    expect(answers.filter((isAdmitted) => isAdmitted)).toHaveLength(30);
    expect(account.admits('tenants', 'ExecuteStatement')).toBe(false);
    expect(account.of('runs', 'ExecuteStatement').taken).toMatchObject({ total: 30, busiest: 30 });
    expect(account.of('runs', 'ExecuteStatement').throttled.total).toBe(1);
    expect(account.of('tenants', 'ExecuteStatement').throttled.total).toBe(1);
  });

  it('has a rate for each operation: CancelStatement 3, GetStatementResult 20, DescribeStatement 100', () => {
    const { account } = accountAt();
    const most = (operation: 'CancelStatement' | 'GetStatementResult' | 'DescribeStatement') =>
      Array.from({ length: 150 }, () => account.admits('tenants', operation)).filter((isAdmitted) => isAdmitted).length;
    expect([most('CancelStatement'), most('GetStatementResult'), most('DescribeStatement')]).toEqual([3, 20, 100]);
  });

  it('lets no more than its rate through, however long it lasts', () => {
    const { time, account } = accountAt();
    let taken = 0;
    for (; time.now < 60_000; time.now += 10) {
      taken += account.admits('tenants', 'GetStatementResult') ? 1 : 0;
    }
    // 20 of the rest before, and 20 a second.
    expect(taken).toBeGreaterThanOrEqual(1_215);
    expect(taken).toBeLessThanOrEqual(1_220);
    expect(account.of('tenants', 'GetStatementResult').throttled.total).toBe(6_000 - taken);
  });
});

describe('the simulated SDK client', () => {
  function clientAt(attempts?: number) {
    const scheduler = new Scheduler(new Random(1));
    const account = new MeteringAccount(() => scheduler.now);
    const client = new SdkClient({
      account,
      caller: 'tenants',
      random: () => 0.999,
      sleep: (ms) => scheduler.sleep(ms),
      latencyMs: 20,
      ...(attempts === undefined ? {} : { maxAttempts: attempts }),
    });
    const settle = async (work: Promise<unknown>) => {
      const begun = scheduler.now;
      let end: unknown;
      let at = 0;
      work.then(
        (value) => {
          end = value;
          at = scheduler.now;
        },
        (error: Error) => {
          end = error.name;
          at = scheduler.now;
        },
      );
      await scheduler.run(scheduler.now + 120_000);
      return { end, ms: at - begun };
    };
    return { scheduler, account, client, settle };
  }

  it('answers after one call there and back where there is room', async () => {
    const { client, settle } = clientAt();
    expect(await settle(client.send('ExecuteStatement', async () => 'done'))).toEqual({ end: 'done', ms: 20 });
  });

  it('waits up to a second, then up to two, and gives up after three tries', async () => {
    const { account, client, settle, scheduler } = clientAt();
    const use = () => {
      while (account.admits('runs', 'ExecuteStatement')) {
        // The account has no room left.
      }
      scheduler.after(1, '', use);
    };
    use();
    expect(await settle(client.send('ExecuteStatement', async () => 'done'))).toEqual({
      end: 'ThrottlingException',
      ms: 3 * 20 + 999 + 1_998,
    });
    expect(account.of('tenants', 'ExecuteStatement').throttled.total).toBe(3);
  });

  it('gets through at a later try, and does nothing twice', async () => {
    const { account, client, settle } = clientAt();
    while (account.admits('runs', 'ExecuteStatement')) {
      // The account has no room left for now.
    }
    let effects = 0;
    const effect = async () => {
      effects += 1;
      return 'done';
    };
    expect((await settle(client.send('ExecuteStatement', effect))).end).toBe('done');
    expect(effects).toBe(1);
  });

  it('makes no try that its caller refuses', async () => {
    const { account, client, settle } = clientAt();
    const refuse = () => {
      throw Object.assign(new Error('too late'), { name: 'SubmitRefused' });
    };
    expect((await settle(client.send('ExecuteStatement', async () => 'done', refuse))).end).toBe('SubmitRefused');
    expect(account.of('tenants', 'ExecuteStatement').taken.total).toBe(0);
  });
});
