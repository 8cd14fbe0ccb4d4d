import * as z from 'zod';
import machine from '../../../state-machines/reap-redshift-sessions.asl.json' with { type: 'json' };
import type { SimulatedProcess, Stall } from '../engine/process.ts';
import { type Ended, type Machine, StateMachine } from '../engine/state-machine.ts';
import { createReaperWarehouse } from '../server/reaper-warehouse.ts';
import { REAPER_STEPS } from './reaper-steps.ts';
import { type AskedRun, REAPER_USER, TARGET, type World } from './world.ts';

/** The state machine as it is deployed. */
export const REAP_MACHINE: Machine = machine;

const invocation = z.object({
  FunctionName: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  Payload: z.unknown(),
});
/** How late answers to a process may be that is no longer waited for, and for how long it may be paused at one. */
const LATE_MS = 15_000;
const PAUSED_MS = 60_000;

/** How an invocation goes on that is no longer waited for: quickly, with every answer late, or paused at one of them. */
const PACES = ['quick', 'slow', 'paused', 'paused'] as const;

const statementRef = z.object({ Id: z.string() });

/** Executions of the state machine, each with an invocation per step; what a schedule or an operator starts. */
export interface Executions {
  /** @param more what the input has beside the target */
  start(more?: AskedRun): Promise<{ readonly runId: string; readonly ended: Ended }>;
  /** Names of the states entered by the newest execution, and how many have begun in all. */
  readonly begun: { count: number };
}

export function createExecutions(world: World, onState: (name: string) => void = () => undefined): Executions {
  const { scheduler, layer, scenario } = world;
  const { random } = scheduler;
  const begun = { count: 0 };
  let invocations = 0;

  /** One invocation: it ends, dies, or is cut off by its timeout. */
  function invokeOnce(
    name: string,
    payload: unknown,
    runId: string,
    pace: { readonly lateByMs?: number; readonly stall?: Stall } = {},
  ): Promise<unknown> {
    const step = REAPER_STEPS[name];
    if (step === undefined) {
      throw new Error(`Expected a known function, got ${name}.`);
    }
    invocations += 1;
    const process: SimulatedProcess = world.process(`λ${invocations}:${runId}:${name}`, true);
    Object.assign(process, pace);
    return new Promise((resolve, reject) => {
      process.onDeath(() => scheduler.after(100, '', () => reject(named('Runtime.ExitError', `${name} died`))));
      scheduler.after(step.timeout * 1000, '', () => {
        if (!isOver) {
          process.die();
        }
      });
      let isOver = false;
      const over = () => {
        isOver = true;
      };
      // Payloads travel as JSON.
      step
        .run(world.reaperPorts(process, runId), JSON.parse(JSON.stringify(payload)))
        .then(
          (result) => resolve(JSON.parse(JSON.stringify(result ?? null))),
          (error: unknown) => reject(asLambdaError(error)),
        )
        .finally(over);
    });
  }

  async function invoke(name: string, payload: unknown, runId: string): Promise<unknown> {
    const isTwice =
      world.isTroubled() && random.chance(scenario.processes.twice * (name === 'submitTermination' ? 4 : 1));
    return isTwice ? await invokeUnheard(name, payload, runId) : { Payload: await invokeOnce(name, payload, runId) };
  }

  /** The invocation goes on while the state machine is told to try again, or that all is lost. */
  async function invokeUnheard(name: string, payload: unknown, runId: string): Promise<never> {
    layer.count('invoked-twice');
    const pace = random.pick(PACES);
    if (pace === 'paused') {
      await new Promise<void>((begins) => {
        // At the answer that matters most, or at any.
        const stall = random.chance(0.5)
          ? { calls: 'holdsRunLock', nth: random.pick([1, 2, 2]) }
          : { calls: '', nth: random.between(1, 25) };
        layer.count('paused');
        invokeOnce(name, payload, runId, {
          stall: { ...stall, forMs: random.between(3_000, PAUSED_MS), begins },
        }).then(() => begins(), begins);
      });
      await scheduler.sleep(random.between(10, 2_000));
    } else {
      invokeOnce(name, payload, runId, { lateByMs: pace === 'slow' ? LATE_MS : 0 }).catch(() => undefined);
      await scheduler.sleep(random.between(10, 8_000));
    }
    throw named(random.pick(['Lambda.SdkClientException', 'Lambda.Unknown']), 'the answer was lost');
  }

  function failIfMeantTo(runId: string): void {
    if (world.failing.has(runId)) {
      throw named('Lambda.Unknown', 'the step was lost');
    }
  }

  async function runTask(resource: string, input: unknown, runId: string): Promise<unknown> {
    if (resource === 'arn:aws:states:::lambda:invoke') {
      const { FunctionName, Payload } = invocation.parse(input);
      const [name] = FunctionName['Fn::GetAtt'];
      if (name === 'failRun') {
        world.failing.delete(runId);
      }
      failIfMeantTo(runId);
      return await invoke(name, Payload, runId);
    }
    await scheduler.sleep(random.between(5, 100));
    failIfMeantTo(runId);
    const warehouse = createReaperWarehouse(world.api, REAPER_USER, `run:${runId}`);
    if (world.isTroubled() && random.chance(scenario.faults.throttled)) {
      layer.count('throttled');
      throw named('RedshiftData.ThrottlingException', 'rate exceeded');
    }
    const { Id } = statementRef.parse(input);
    if (resource.endsWith(':cancelStatement')) {
      await warehouse.cancel(Id);
      return { Status: true };
    }
    const { status, error } = await warehouse.describe(Id);
    return { Id, Status: status, ...(error === null ? {} : { Error: error }) };
  }

  return {
    begun,
    async start(more = {}) {
      begun.count += 1;
      const runId = `run-${begun.count}`;
      world.asked.set(runId, more);
      const startedAt = new Date(scheduler.now).toISOString();
      const context = {
        Execution: {
          Id: `arn:aws:states:us-east-1:000000000000:execution:${runId}`,
          Name: runId,
          StartTime: startedAt,
        },
      };
      const execution = new StateMachine(
        scheduler,
        context,
        (resource, input) => runTask(resource, input, runId),
        (name) => {
          scheduler.note(`${runId} → ${name}`);
          onState(name);
        },
      );
      world.running.set(runId, () => {
        layer.count('stopped');
        execution.stop();
      });
      if (world.isTroubled() && random.chance(scenario.processes.stop)) {
        scheduler.after(random.between(100, 30_000), `${runId} is stopped`, () => world.running.get(runId)?.());
      }
      const ended = await execution.run(REAP_MACHINE, { target: TARGET, dryRun: false, ...more });
      world.running.delete(runId);
      scheduler.note(`${runId} ${'error' in ended ? `failed: ${ended.error}` : 'ended'}`);
      return { runId, ended };
    },
  };
}

function asLambdaError(error: unknown): Error {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return named(name, JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
