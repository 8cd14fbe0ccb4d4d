import { afterAll, describe, expect, it } from 'vitest';
import { cloudNames } from '../../local/cloud-names.ts';
import { ContainerPool } from '../../local/lambda/container-pool.ts';
import { FunctionCatalog, readFunctions } from '../../local/lambda/function-catalog.ts';
import { createLambdaService } from '../../local/lambda/lambda-service.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';

const functions = await readFunctions('test/fixtures/functions', cloudNames('local').functionName);
const pools: ContainerPool[] = [];

function lambda(options: { limit?: number; timeoutMs?: number; catalog?: FunctionCatalog } = {}) {
  const clock = new VirtualClock();
  const output: string[] = [];
  const pool = new ContainerPool({
    limit: options.limit ?? 1,
    clock,
    environment: { SLOTKEEPER_TABLE: 'the-table' },
    log: (text) => output.push(text),
  });
  pools.push(pool);
  const failures: unknown[] = [];
  const service = createLambdaService({
    functions: options.catalog ?? functions,
    pool,
    timeoutMs: options.timeoutMs ?? 10_000,
    onAsyncFailure: (_name, error) => failures.push(error),
  });
  const call = async (key: string, event: unknown = {}) => {
    const outcome = await service.invoke(`slotkeeper-local-${key}`, JSON.stringify(event));
    return outcome.ok ? JSON.parse(outcome.payload) : outcome.error;
  };
  return { clock, output, pool, failures, service, call };
}

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.stop()));
});

describe('a Lambda container', () => {
  it('runs a function in an environment of its own, stays warm, and hosts any function', async () => {
    const { call, pool, output } = lambda();
    const first = await call('echo', { say: 'hello' });
    expect(first).toMatchObject({
      said: 'hello',
      functionName: 'slotkeeper-local-echo',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:slotkeeper-local-echo',
      table: 'the-table',
      name: 'slotkeeper-local-echo',
      home: null,
      invocations: 1,
    });
    expect(first.remainingMs).toBeGreaterThan(9_000);
    expect(await call('waitABit', { ms: 1 })).toHaveProperty('endedAt');
    expect(await call('echo')).toMatchObject({ invocations: 2 });
    expect(pool.size).toBe(1);
    expect(output.join('')).toContain('"message":"echo"');
  });

  it("lives in the cloud's time, also when the clock is moved while it is warm", async () => {
    const { call, clock } = lambda();
    await clock.advance(3_600_000);
    const early = await call('echo');
    expect(Math.abs(Date.parse(early.now) - clock.now().getTime())).toBeLessThan(2_000);
    expect(early.isDate).toBe(true);
    await clock.advance(1_860_000);
    const late = await call('echo');
    expect(late.dateNow - early.dateNow).toBeGreaterThanOrEqual(1_860_000);
    expect(Math.abs(late.dateNow - clock.now().getTime())).toBeLessThan(2_000);
    expect(late.invocations).toBe(2);
  });

  it('reports an error that the handler threw by its name and message', async () => {
    const { call, pool } = lambda();
    expect(await call('fail', { how: 'throw' })).toEqual({
      errorType: 'TargetUnknown',
      errorMessage: "Expected a target of slotkeeper.yml, got 'nope'.",
      trace: expect.arrayContaining([expect.stringContaining('fail.ts')]),
    });
    expect(pool.size).toBe(1);
  });

  it('ends a function that takes too long, and starts the next one afresh', async () => {
    const { call } = lambda({ timeoutMs: 400 });
    expect(await call('fail', { how: 'hang' })).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/Task timed out after 0\.40 seconds$/),
    });
    expect(await call('fail', { how: 'throw' })).toMatchObject({ errorType: 'TargetUnknown' });
  });

  it('survives a function that exits, and one whose promise nobody waits for', async () => {
    const { call } = lambda();
    expect(await call('fail', { how: 'exit' })).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: 'Runtime exited with error: exit status 3',
    });
    expect(await call('fail', { how: 'reject' })).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'nobody listens',
    });
    expect(await call('echo')).toMatchObject({ invocations: 1 });
  });

  it('says what is wrong with a module that cannot be loaded or has no handler', async () => {
    const at = (key: string, moduleUrl: string) => ({ key, name: `slotkeeper-local-${key}`, arn: key, moduleUrl });
    const catalog = new FunctionCatalog([at('gone', 'file:///nowhere/gone.ts'), at('empty', 'node:path')]);
    const { call } = lambda({ catalog });
    expect(await call('gone')).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: expect.stringContaining('Cannot load file:///nowhere/gone.ts'),
    });
    expect(await call('empty')).toMatchObject({ errorType: 'Runtime.HandlerNotFound' });
  });

  it('dies before or after the handler when a test says so, once', async () => {
    const { call, service, output } = lambda();
    service.faults.crashNext('echo', 'before');
    expect(await call('echo')).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(output.join('')).not.toContain('"message":"echo"');
    service.faults.crashNext('echo', 'after');
    expect(await call('echo')).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(await call('echo')).toMatchObject({ invocations: 1 });
  });

  it('runs one invocation at a time and lets the others wait in line', async () => {
    const { call, pool } = lambda({ limit: 2 });
    const spans = await Promise.all([1, 2, 3, 4].map(() => call('waitABit', { ms: 60 })));
    const atOnce = spans.map(
      ({ startedAt }) => spans.filter((other) => other.startedAt <= startedAt && startedAt < other.endedAt).length,
    );
    expect(Math.max(...atOnce)).toBe(2);
    expect(pool.size).toBe(2);
  });

  it('fails what runs when all containers crash, and starts new ones', async () => {
    const { call, pool } = lambda();
    await call('echo');
    const hanging = call('fail', { how: 'hang' });
    await expect.poll(() => pool.size).toBe(1);
    await pool.crashAll();
    expect(await hanging).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(await call('echo')).toMatchObject({ invocations: 1 });
  });

  it('takes no more invocations once stopped, and fails those in line', async () => {
    const { call, pool } = lambda();
    const calls = Promise.allSettled([call('fail', { how: 'hang' }), call('echo')]);
    await pool.stop();
    expect(await calls).toEqual([
      { status: 'fulfilled', value: expect.objectContaining({ errorType: 'Runtime.ExitError' }) },
      { status: 'rejected', reason: expect.objectContaining({ message: expect.stringContaining('were stopped') }) },
    ]);
    await expect(call('echo')).rejects.toThrow('its containers were stopped');
    expect(pool.size).toBe(0);
  });

  it('hears of a failure that nobody waits for', async () => {
    const { service, failures } = lambda();
    service.invokeLater('slotkeeper-local-fail', '{"how":"throw"}');
    await expect.poll(() => failures).toEqual([expect.objectContaining({ errorType: 'TargetUnknown' })]);
  });
});
