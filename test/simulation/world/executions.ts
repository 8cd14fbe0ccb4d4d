import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { SimulatedProcess } from '../engine/process.ts';
import { type Ended, type Machine, StateMachine } from '../engine/state-machine.ts';
import { createReaperWarehouse } from '../server/reaper-warehouse.ts';
import { REAPER_STEPS } from './reaper-steps.ts';
import { REAPER_USER, TARGET, type World } from './world.ts';

const FILE = new URL('../../../state-machines/reap-redshift-sessions.asl.json', import.meta.url);
/** The state machine as it is deployed. */
export const REAP_MACHINE = JSON.parse(readFileSync(FILE, 'utf8')) as Machine;

const invocation = z.object({
  FunctionName: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  Payload: z.unknown(),
});
/** How late answers to a process may be that is no longer waited for. */
const LATE_MS = 15_000;

const statementRef = z.object({ Id: z.string() });

/** Executions of the state machine, each with an invocation per step; what a schedule or an operator starts. */
export interface Executions {
  /** @param more what the input has beside the target */
  start(more?: { readonly dryRun?: boolean }): Promise<Ended>;
  /** Names of the states entered by the newest execution, and how many have begun in all. */
  readonly begun: { count: number };
}

export function createExecutions(world: World, onState: (name: string) => void = () => undefined): Executions {
  const { scheduler, layer, scenario } = world;
  const { random } = scheduler;
  const begun = { count: 0 };
  let invocations = 0;

  /** One invocation: it ends, dies, or is cut off by its timeout. */
  function invokeOnce(name: string, payload: unknown, runId: string, lateByMs: number): Promise<unknown> {
    const step = REAPER_STEPS[name];
    if (step === undefined) {
      throw new Error(`Expected a known function, got ${name}.`);
    }
    invocations += 1;
    const process: SimulatedProcess = world.process(`λ${invocations}:${runId}:${name}`, true);
    process.lateByMs = lateByMs;
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
    const work = invokeOnce(name, payload, runId, isTwice ? random.pick([0, LATE_MS]) : 0);
    if (isTwice) {
      layer.count('invoked-twice');
      // The first one goes on while the state machine is told otherwise.
      work.catch(() => undefined);
      await scheduler.sleep(random.between(10, 8_000));
      // Told to try again, or that all is lost.
      throw named(random.pick(['Lambda.SdkClientException', 'Lambda.Unknown']), 'the answer was lost');
    }
    return { Payload: await work };
  }

  async function runTask(resource: string, input: unknown, runId: string): Promise<unknown> {
    if (resource === 'arn:aws:states:::lambda:invoke') {
      const { FunctionName, Payload } = invocation.parse(input);
      return await invoke(FunctionName['Fn::GetAtt'][0], Payload, runId);
    }
    await scheduler.sleep(random.between(5, 100));
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
      const startedAt = new Date(scheduler.now).toISOString();
      const context = {
        Execution: {
          Id: `arn:aws:states:us-east-1:000000000000:execution:${runId}`,
          Name: runId,
          StartTime: startedAt,
        },
      };
      const machine = new StateMachine(
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
        machine.stop();
      });
      if (world.isTroubled() && random.chance(scenario.processes.stop)) {
        scheduler.after(random.between(100, 30_000), `${runId} is stopped`, () => world.running.get(runId)?.());
      }
      const ended = await machine.run(REAP_MACHINE, { target: TARGET, dryRun: false, ...more });
      world.running.delete(runId);
      scheduler.note(`${runId} ${'error' in ended ? `failed: ${ended.error}` : 'ended'}`);
      return ended;
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
