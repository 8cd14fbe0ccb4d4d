import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AslMachine, allStates } from '../../../local/step-functions/asl.ts';
import { expectAtRest, expectConsistent, expectOnRecord } from '../consistency.ts';
import { UNHURRIED } from '../contract-config.ts';
import type { EngineFixture } from '../engines/engine-fixture.ts';
import { aliveOf, keepBusy, pidsIn, recordOf } from '../look.ts';
import { type EndedRun, expectSucceeded, MINUTE, type Pipeline, type Session, TARGET } from '../pipeline.ts';
import { startContractPipeline } from '../start-contract-pipeline.ts';

const INPUT = JSON.stringify({ target: TARGET, dryRun: false });

const GRACE_MS = 15 * MINUTE;

/** Longer than any Wait state of these tests, far shorter than the lock. */
const WAIT_MS = 31_000;

/** Longer than the lock of a run. */
const LOCK_MS = 17 * MINUTE;

/** A state machine's functions, by the Task state that invokes each. */
function functionsOf(machine: string): ReadonlyMap<string, string> {
  const file = new URL(`../../../state-machines/${machine}.asl.json`, import.meta.url);
  const definition = JSON.parse(readFileSync(file, 'utf8')) as AslMachine;
  return new Map(
    allStates(definition).flatMap(([name, state]) => {
      const parameters = state['Parameters'] as { FunctionName?: { 'Fn::GetAtt': [string, string] } } | undefined;
      const key = parameters?.FunctionName?.['Fn::GetAtt'][0];
      return key === undefined ? [] : [[name, key] as const];
    }),
  );
}

/**
 * Each step of a run crashes, before and after its work, and the run is stopped in each state that takes time. The next run makes
 * good what it left. A suite for a file of its own: its runs wait by the clock, and share one container.
 *
 * @param isTried which disturbances are tried; what two engines have in common need not be disturbed on both
 */
export function describeCrashes(
  engine: EngineFixture,
  isTried: (disturbance: 'before' | 'after' | 'stop', state: string) => boolean = () => true,
): void {
  const functions = functionsOf(engine.machine);

  /** States that take time, on the way of a run that warns and ends. Others are over before anyone could stop them. */
  const stops = [
    ...functions.keys(),
    ...engine.statements.flatMap((statement) => [`WaitFor${statement}`, `Describe${statement}`]),
  ].filter((state) => isTried('stop', state));

  let pipeline: Pipeline;
  /** Sessions that no run may touch. */
  let spared: Readonly<Record<string, Session>>;
  /** Sessions that have been warned, and are due in the next run. */
  let due: readonly Session[] = [];

  beforeAll(async () => {
    // With one container, whatever is invoked waits until the function before it has ended, also that of a stopped run.
    pipeline = await startContractPipeline(engine, { runs: UNHURRIED, waitPace: 1, maxContainers: 1 });
    spared = {
      exempt: await pipeline.open('etl_nightly', 'airflow'),
      busy: await pipeline.open('reporting', 'metabase'),
      superuser: await pipeline.open(engine.superuser),
    };
    await keepBusy(pipeline, (await spared['busy']) as Session);
    due = await openTwo();
    await pipeline.clock.advance(31 * MINUTE);
    expectSucceeded(await runToEnd());
  });

  afterAll(async () => {
    await pipeline.closeSessions();
    await pipeline.stop();
  });

  /** Two idle sessions of two owners. */
  async function openTwo(): Promise<readonly Session[]> {
    return [await pipeline.open('ana', 'DBeaver'), await pipeline.open('bi_sales', 'Tableau')];
  }

  /** Moves the clock past a Wait state, once there is something to be seen after it. */
  async function passWait(): Promise<void> {
    await pipeline.server.waitOver();
    await pipeline.clock.advance(WAIT_MS);
  }

  /**
   * Runs to the end, and moves the clock on whenever the run waits.
   *
   * It starts the execution in this process and looks at it at every turn of the event loop, because over HTTP a function
   * could be invoked and over between two looks.
   *
   * @param at what to do, at once, when a Task state has started its work or a Wait state is entered
   */
  async function runToEnd(at: Readonly<Record<string, () => Promise<void> | void>> = {}): Promise<EndedRun> {
    const execution = pipeline.cloud.executions.start({ stateMachineArn: pipeline.machineArn, input: INPUT });
    const doings: (Promise<void> | void)[] = [];
    let seen = 0;
    let state = '';
    while (execution.status === 'RUNNING') {
      const events = execution.history.events(false);
      for (const event of events.slice(seen)) {
        state = (event['stateEnteredEventDetails'] as { name: string } | undefined)?.name ?? state;
        if (event.type === 'WaitStateEntered') {
          doings.push(at[state]?.(), passWait());
        } else if (event.type === 'TaskStarted') {
          doings.push(at[state]?.());
        }
      }
      seen = events.length;
      await nextTurn();
    }
    await Promise.all(doings);
    return await pipeline.endOf(execution.arn);
  }

  /**
   * Lets a run that has two sessions to warn and two to end be disturbed; then, after its lock has expired, lets another
   * one run, and looks whether it made good what the first one left, and harmed nobody.
   *
   * @param disturb starts a run, and comes back when it is over one way or the other
   * @param mails how often one owner may have been told about one session
   */
  async function disturbAndMakeGood(disturb: () => Promise<void>, mails: number): Promise<void> {
    const { table, cloud, aws } = pipeline;
    const ending = due;
    const warning = await openTwo();
    await pipeline.clock.advance(31 * MINUTE);
    await disturb();
    await expectConsistent(table, GRACE_MS);
    expect(await aliveOf(pipeline, spared)).toEqual(Object.keys(spared));

    await pipeline.clock.advance(LOCK_MS);
    const next = await runToEnd();
    due = warning;
    expectSucceeded(next);
    expect(next.states).toContain('FinishRun');
    await expectConsistent(table, GRACE_MS);
    await expectOnRecord(table, cloud.events.events);
    await expectAtRest(table, aws.dynamodb, cloud.table);
    expect(await aliveOf(pipeline, spared)).toEqual(Object.keys(spared));
    const alive = await pipeline.alive();
    expect(ending.filter(({ pid }) => alive.has(pid))).toEqual([]);
    expect(warning.filter(({ pid }) => !alive.has(pid))).toEqual([]);
    for (const session of ending) {
      expect(await recordOf(pipeline, session)).toMatchObject({ state: 'terminated', claim: null });
    }
    for (const session of warning) {
      expect(await recordOf(pipeline, session)).toMatchObject({ state: 'warned', claim: null });
    }
    for (const session of Object.values(spared)) {
      expect(await recordOf(pipeline, session)).toBeUndefined();
    }
    const told = (await pipeline.cloud.inbox('owners')).flatMap(pidsIn);
    for (const { pid } of warning) {
      const times = told.filter((one) => one === pid).length;
      expect(times).toBeGreaterThanOrEqual(1);
      expect(times).toBeLessThanOrEqual(mails);
    }
  }

  /** A notice whose receipt was not stored is sent again, which is better than to end a session unannounced. */
  const mailsAt = (state: string) => (/Notice/.test(state) ? 2 : 1);

  /** Makes a run come to the states that only a failure leads to. */
  function leadTo(state: string): void {
    const { faults } = pipeline.cloud.lambda;
    if (state === 'RecordNoticeFailure') {
      faults.crashNext('publishNotice', 'before');
    } else if (state === 'FailRun') {
      faults.crashNext(engine.engine === 'postgres' ? 'planPostgresActions' : 'planActions', 'before');
    }
  }

  /** What StopExecution does, without the way there. */
  async function stopRunning(): Promise<void> {
    const running = pipeline.cloud.executions
      .executions(pipeline.machineArn)
      .find(({ status }) => status === 'RUNNING');
    await running?.stop('Stopped', 'by a test');
  }

  describe(`a run on ${engine.name} whose function crashes`, () => {
    const crashes = [...functions].flatMap(([state, key]) =>
      (['before', 'after'] as const)
        .filter((point) => isTried(point, state))
        .map((point) => [state, key, point] as const),
    );

    it.each(crashes)(
      'in %s (%s), %s its work, leaves nothing that the next run does not make good',
      async (state, key, point) => {
        await disturbAndMakeGood(async () => {
          leadTo(state);
          pipeline.cloud.lambda.faults.crashNext(key, point);
          const run = await runToEnd();
          expect(run.states).toContain(state);
          // A failed notice fails no run.
          expect(run.status).toBe(/Notice/.test(state) ? 'SUCCEEDED' : 'FAILED');
          expect(run.error).toBe(
            state === 'FailRun' ? 'RunFailedUnrecorded' : /Notice/.test(state) ? undefined : 'Runtime.ExitError',
          );
        }, mailsAt(state));
      },
    );
  });

  describe(`a run on ${engine.name} that is stopped`, () => {
    it.each(stops)('in %s leaves nothing that the next run does not make good', async (state) => {
      await disturbAndMakeGood(async () => {
        leadTo(state);
        const stopped = await runToEnd({
          [state.replace(/^Describe/, 'WaitFor')]: () => {
            if (state.startsWith('Describe')) {
              // Held until the clock is moved past the lock.
              pipeline.cloud.dataApi.faults.next('DescribeStatement', { delayMs: LOCK_MS });
            }
          },
          [state]: stopRunning,
        });
        expect(stopped).toMatchObject({ status: 'ABORTED', error: 'Stopped', cause: 'by a test' });
        expect(stopped.states.at(-1)).toBe(state);
        // Lambda goes on with what was invoked. Its only container takes this, which does nothing, afterwards.
        await pipeline.cloud.lambda.invoke('slotkeeper-local-beginRun', '{}');
      }, mailsAt(state));
    });

    it('keeps its lock until that expires, so that nobody runs beside a function of it that still works', async () => {
      await disturbAndMakeGood(async () => {
        await runToEnd({ [engine.statements.length > 0 ? 'WaitForSessionQuery' : engine.states.look]: stopRunning });
        const next = await runToEnd();
        expect(next.states).toEqual(['KeepInput', 'HasTurn', 'BeginRun', 'RunSkipped']);
      }, 1);
    });
  });
}
