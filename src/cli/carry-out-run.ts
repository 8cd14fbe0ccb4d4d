import { randomBytes } from 'node:crypto';
import { findTarget } from '../reaper/find-target.ts';
import { policyOf } from '../replay/policy.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { adviceFor } from './advice-for.ts';
import { chooseTarget } from './choose-target.ts';
import type { CliRuntime } from './cli-runtime.ts';
import { type Deployment, machineOf } from './deployment/deployment.ts';
import type { ExecutionDescription } from './executions.ts';
import { EXIT } from './exit-codes.ts';
import { exitOfErrorName } from './exit-of-error-name.ts';
import { exitOfRun } from './exit-of-run.ts';
import { findPlan } from './find-plan.ts';
import { findRun } from './find-run.ts';
import type { RunDocument } from './json/run-document.ts';
import { toRunRecordJson } from './json/run-record-json.ts';
import { readMembers } from './read-members.ts';
import { readRunFailure } from './read-run-failure.ts';
import { keepRecording } from './recordings/keep-recording.ts';
import type { RecordingOptions } from './recordings/recording-options.ts';
import { waitForExecution } from './wait-for-execution.ts';

/** How a run is to be done. */
export interface RunRequest extends RecordingOptions {
  readonly dryRun?: boolean;
  readonly wait?: boolean;
  /** The hash of a dry run's plan, or its first digits; lower case. */
  readonly apply?: string;
  /** What it sees is kept in the table, so that leaks can be told from it. */
  readonly keepLook?: boolean;
}

/**
 * Starts a run of one target, and waits for it where that is asked for. A dry run is always waited for: a plan that
 * nobody sees is useless. So is one that applies a plan: whoever approved it is to know whether it was refused.
 *
 * @throws PlanUnknown ExecutionStillRunning OutputMissing
 */
export async function carryOutRun(
  runtime: CliRuntime,
  deployment: Deployment,
  target: string,
  request: RunRequest,
): Promise<RunDocument> {
  const dryRun = request.dryRun ?? false;
  const apply = request.apply === undefined ? {} : { apply: await planOf(runtime, deployment, target, request.apply) };
  const runId = newRunId(runtime.now());
  const record = request.record === undefined && request.keepLook !== true ? {} : { record: true as const };
  const input = { target, dryRun, ...apply, ...record };
  const machine = machineOf(deployment, findTarget(runtime.config, target).engine);
  const execution = await runtime.executions.start({ stateMachineArn: machine, runId, input });
  const { stage } = deployment;
  const judgedBy = runtime.byUrl?.judgedBy ?? null;
  const started = { schema: 'slotkeeper.run/1', stage, target, runId, execution, dryRun, judgedBy } as const;
  return request.wait === true || dryRun || request.apply !== undefined || request.record !== undefined
    ? await waitAndReport(runtime, deployment, started, request)
    : {
        ...started,
        status: 'started',
        exitCode: EXIT.nothingToDo,
        startedAt: runtime.now().toISOString(),
        finishedAt: null,
        run: null,
        members: [],
        recorded: null,
        error: null,
      };
}

type Started = Pick<RunDocument, 'schema' | 'stage' | 'target' | 'runId' | 'execution' | 'dryRun' | 'judgedBy'>;

async function planOf(runtime: CliRuntime, deployment: Deployment, target: string, prefix: string) {
  const { planValidFor: validFor } = runtime.config.runs;
  return await findPlan(runtime.tableOf(deployment), target, prefix, { now: runtime.now(), validFor });
}

async function waitAndReport(
  runtime: CliRuntime,
  deployment: Deployment,
  started: Started,
  options: RecordingOptions,
): Promise<RunDocument> {
  const ended = await waitForExecution(runtime, started.execution);
  const table = runtime.tableOf(deployment);
  const failure = readRunFailure(ended);
  const run = await findRun(table, started.target, started.runId);
  const base = {
    ...started,
    startedAt: ended.startedAt,
    finishedAt: ended.stoppedAt,
    run: run === null ? null : toRunRecordJson(run),
    members: await readMembers(table, started.target, started.runId),
    recorded:
      options.record === undefined ? null : await recordRun(runtime, table, started, options, run?.planHash ?? null),
  };
  if (failure === null) {
    return {
      ...base,
      status: 'succeeded',
      exitCode: run === null ? EXIT.failed : exitOfRun(run),
      error: unrecorded(run, ended, started),
    };
  }
  return {
    ...base,
    status: failure.skipped ? 'skipped' : 'failed',
    exitCode: exitOfFailure(failure.name),
    error: {
      name: failure.name,
      message: failure.message,
      advice: adviceFor(failure.name, started.execution),
    },
  };
}

/**
 * What the run itself saw, which it left in the table; null: it kept no plan. Of two tries of a step at once, the slower
 * may have left what another plan was made of.
 */
async function recordRun(
  { config, now }: CliRuntime,
  table: SessionTable,
  { stage, target, runId, dryRun }: Started,
  options: RecordingOptions,
  planHash: string | null,
): Promise<string | null> {
  const found = await table.readRecording({ target, runId });
  const recording = found?.planHash === planHash ? found : null;
  const policy = policyOf(chooseTarget(config, '', target), config);
  return keepRecording(options, recording, { stage, source: { kind: 'run', runId, dryRun } }, policy, now());
}

/** A run that fails on its own configuration is no mistake of this command line. */
function exitOfFailure(errorName: string): RunDocument['exitCode'] {
  const exitCode = exitOfErrorName(errorName);
  return exitCode === EXIT.usage || exitCode === EXIT.interrupted ? EXIT.failed : exitCode;
}

/** A run that succeeded has a record; one that has none was written to another table than the one that was read. */
function unrecorded(run: object | null, ended: ExecutionDescription, started: Started): RunDocument['error'] {
  return run !== null
    ? null
    : {
        name: 'RunNotRecorded',
        message: `The execution ended ${ended.status}, but the session table of stage ${started.stage} has no run ${started.runId}.`,
        advice: adviceFor('RunNotRecorded', started.execution),
      };
}

/** e.g. `cli-20261120T150401Z-1f6c2a`: sorts by time, and an execution's name takes no more than 80 such characters. */
function newRunId(now: Date): string {
  const time = `${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return `cli-${time}-${randomBytes(3).toString('hex')}`;
}
