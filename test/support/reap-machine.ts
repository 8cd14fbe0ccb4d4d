import { readFileSync } from 'node:fs';
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { z } from 'zod';
import { isDataApiTarget } from '../../src/config/target-config.ts';
import { beginRunInput, createBeginRun } from '../../src/reaper/begin-run.ts';
import { createEndPostgresSessions, endPostgresSessionsInput } from '../../src/reaper/end-postgres-sessions.ts';
import { createFailRun, failRunInput } from '../../src/reaper/fail-run.ts';
import { createFinishRun, finishRunInput } from '../../src/reaper/finish-run.ts';
import { createPlanPostgresActions, planPostgresActionsInput } from '../../src/reaper/plan-postgres-actions.ts';
import { createPlanRedshiftActions, planRedshiftActionsInput } from '../../src/reaper/plan-redshift-actions.ts';
import type { PostgresReaperPorts } from '../../src/reaper/postgres-reaper-ports.ts';
import { createPublishNotice, publishNoticeInput } from '../../src/reaper/publish-notice.ts';
import type { ReaperPorts } from '../../src/reaper/reaper-ports.ts';
import { createRecordNotice, recordNoticeInput } from '../../src/reaper/record-notice.ts';
import { createRecordNoticeFailure, recordNoticeFailureInput } from '../../src/reaper/record-notice-failure.ts';
import { createRecordOutcomes, recordOutcomesInput } from '../../src/reaper/record-outcomes.ts';
import {
  createRecordPostgresOutcomes,
  recordPostgresOutcomesInput,
} from '../../src/reaper/record-postgres-outcomes.ts';
import { createSubmitOutcomeQuery, submitOutcomeQueryInput } from '../../src/reaper/submit-outcome-query.ts';
import { createSubmitSessionQuery, submitSessionQueryInput } from '../../src/reaper/submit-session-query.ts';
import { createSubmitTermination, submitTerminationInput } from '../../src/reaper/submit-termination.ts';
import { TARGET } from './reaper-world.ts';

type EngineRun = ReturnType<StateMachine['run']>;
type Json = Parameters<StateMachine['run']>[0];

/** A definition as it is deployed, but for one thing: the engine overwrites `$$.Execution.StartTime` with its own. */
function readDefinition(name: string): StateMachineDefinition {
  const file = new URL(`../../state-machines/${name}.asl.json`, import.meta.url);
  return JSON.parse(
    readFileSync(file, 'utf8').replaceAll('$$.Execution.', () => '$$.Cloud.Execution.'),
  ) as StateMachineDefinition;
}

export const REAP_DEFINITION = readDefinition('reap-redshift-sessions');
const POSTGRES_DEFINITION = readDefinition('reap-postgres-sessions');

// Building a machine validates it, which costs more than a hundred runs.
const REDSHIFT = { definition: REAP_DEFINITION, machine: new StateMachine(REAP_DEFINITION) };
const POSTGRES = { definition: POSTGRES_DEFINITION, machine: new StateMachine(POSTGRES_DEFINITION) };

/** What came of an execution. */
export interface Execution {
  /** Names of the states entered, in order; those inside the Map too. */
  readonly states: readonly string[];
  readonly output: unknown;
  /** Why it failed; null: it succeeded. */
  readonly failure: { readonly error: string; readonly cause: string } | null;
  /** Bytes of the largest input or output of a state. */
  readonly largestState: number;
}

type Step = (payload: unknown) => Promise<unknown>;

function step<Input>(
  shape: z.ZodType<Input>,
  create: (ports: ReaperPorts) => (input: Input) => Promise<unknown>,
): (ports: ReaperPorts) => Step {
  return (ports) => {
    const useCase = create(ports);
    return async (payload) => useCase(shape.parse(payload));
  };
}

function postgresStep<Input>(
  shape: z.ZodType<Input>,
  create: (ports: PostgresReaperPorts) => (input: Input) => Promise<unknown>,
): (ports: ReaperPorts) => Step {
  return step(shape, (ports) => create('openDirect' in ports ? (ports as PostgresReaperPorts) : fail('openDirect')));
}

const STEPS: Readonly<Record<string, (ports: ReaperPorts) => Step>> = {
  beginRun: step(beginRunInput, createBeginRun),
  submitSessionQuery: step(submitSessionQueryInput, createSubmitSessionQuery),
  planActions: step(planRedshiftActionsInput, createPlanRedshiftActions),
  publishNotice: step(publishNoticeInput, createPublishNotice),
  recordNotice: step(recordNoticeInput, createRecordNotice),
  recordNoticeFailure: step(recordNoticeFailureInput, createRecordNoticeFailure),
  submitTermination: step(submitTerminationInput, createSubmitTermination),
  submitOutcomeQuery: step(submitOutcomeQueryInput, createSubmitOutcomeQuery),
  recordOutcomes: step(recordOutcomesInput, createRecordOutcomes),
  finishRun: step(finishRunInput, createFinishRun),
  failRun: step(failRunInput, createFailRun),
  planPostgresActions: postgresStep(planPostgresActionsInput, createPlanPostgresActions),
  endPostgresSessions: postgresStep(endPostgresSessionsInput, createEndPostgresSessions),
  recordPostgresOutcomes: postgresStep(recordPostgresOutcomesInput, createRecordPostgresOutcomes),
};

const invocation = z.object({
  FunctionName: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  Payload: z.unknown(),
});
const statementRef = z.object({ Id: z.string() });

let executions = 0;

/**
 * Runs the deployed state machine on the given ports, without waiting: that of PostgreSQL where the ports have a way to
 * such a server and the first target is one.
 *
 * @param portsOf the ports of one step, by the key of its function; all have the same unless told
 */
export async function runReapMachine(
  ports: ReaperPorts | PostgresReaperPorts,
  input: Json,
  portsOf: (step: string) => ReaperPorts = () => ports,
): Promise<Execution> {
  executions += 1;
  const name = `execution-${executions}`;
  const [target] = Object.values(ports.config.targets);
  const { definition, machine } = target?.engine === 'postgres' ? POSTGRES : REDSHIFT;
  const tasks = allTasks(definition);
  const run = machine.run(input, {
    context: {
      Cloud: {
        Execution: {
          Id: `arn:aws:states:us-east-1:000000000000:execution:reap-redshift-sessions:${name}`,
          Name: name,
          StartTime: ports.now().toISOString(),
        },
      },
    },
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(
        tasks.map(([state, resource]) => [state, handlerOf(resource, ports, portsOf)]),
      ),
      waitTimeOverrides: Object.fromEntries(statesOf(definition, 'Wait').map((state) => [state, 0])),
      retryIntervalOverrides: Object.fromEntries(tasks.map(([state]) => [state, 0])),
    },
  });
  const [log, result] = await Promise.all([readLog(run), readResult(run)]);
  return { ...log, ...result };
}

/** The default run of the test target. */
export async function reap(ports: ReaperPorts, dryRun = false): Promise<Execution> {
  return await runReapMachine(ports, { target: TARGET, dryRun });
}

async function readLog(run: EngineRun): Promise<Pick<Execution, 'states' | 'largestState'>> {
  const states: string[] = [];
  let largestState = 0;
  for await (const event of run.eventLogs) {
    if ('state' in event) {
      if (event.type === 'StateEntered') {
        states.push(event.state.name);
      }
      const sizes = [event.state.input, event.state.output].map((value) => JSON.stringify(value ?? null).length);
      largestState = Math.max(largestState, ...sizes);
    }
  }
  return { states, largestState };
}

async function readResult(run: EngineRun): Promise<Pick<Execution, 'output' | 'failure'>> {
  try {
    return { output: await run.result, failure: null };
  } catch (error) {
    const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (!(inner instanceof Error)) {
      throw error;
    }
    return { output: null, failure: { error: inner.name, cause: inner.message } };
  }
}

function handlerOf(
  resource: string,
  ports: ReaperPorts,
  portsOf: (step: string) => ReaperPorts,
): (input: Json) => Promise<Json> {
  if (resource === 'arn:aws:states:::lambda:invoke') {
    return async (input) => {
      const { FunctionName, Payload } = invocation.parse(input);
      const [key] = FunctionName['Fn::GetAtt'];
      const create = STEPS[key];
      if (create === undefined) {
        throw new Error(`Expected a known function, got ${key}.`);
      }
      const result = await asLambda(() => create(portsOf(key))(Payload));
      return { ExecutedVersion: '$LATEST', Payload: JSON.parse(JSON.stringify(result ?? null)), StatusCode: 200 };
    };
  }
  const warehouseOf = () =>
    ports.warehouseOf(Object.values(ports.config.targets).find(isDataApiTarget) ?? fail('a target'));
  if (resource.endsWith(':redshiftdata:describeStatement')) {
    return async (input) => {
      const { Id } = statementRef.parse(input);
      const { status, error } = await asDataApi(() => warehouseOf().describe(Id));
      return { Id, Status: status, ...(error === null ? {} : { Error: error }) };
    };
  }
  if (resource.endsWith(':redshiftdata:cancelStatement')) {
    return async (input) => {
      await asDataApi(() => warehouseOf().cancel(statementRef.parse(input).Id));
      return { Status: true };
    };
  }
  return fail(`a handler for ${resource}`);
}

function fail(expected: string): never {
  throw new Error(`Expected ${expected}, found none.`);
}

/** As Lambda tells it to Step Functions: the error's name, and JSON about it as the cause. */
async function asLambda(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const errorType = isTransient(error) ? 'Lambda.ServiceException' : name;
    throw named(errorType, JSON.stringify({ errorType, errorMessage: message, trace: [] }));
  }
}

async function asDataApi<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw isTransient(error) ? named('RedshiftData.InternalServerException', 'Please try again.') : error;
  }
}

/** Whether a transient crash is behind an error, however a step has wrapped it: a process that died wraps nothing. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false;
  }
  const behind: unknown[] = [error.cause, ...(error instanceof AggregateError ? error.errors : [])];
  return error.name === 'TransientCrash' || behind.some(isTransient);
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

type Machine = Pick<StateMachineDefinition, 'States'>;

function allTasks(definition: Machine): readonly (readonly [state: string, resource: string])[] {
  return Object.entries(definition.States).flatMap(([name, state]) => {
    if (state.Type === 'Task') {
      return [[name, state.Resource] as const];
    }
    return state.Type === 'Map' && state.ItemProcessor !== undefined ? allTasks(state.ItemProcessor) : [];
  });
}

function statesOf(definition: Machine, type: string): readonly string[] {
  return Object.entries(definition.States)
    .filter(([, state]) => state.Type === type)
    .map(([name]) => name);
}
