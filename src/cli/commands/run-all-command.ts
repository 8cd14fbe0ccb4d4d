import pMap from 'p-map';
import { carryOutRun, type RunRequest } from '../carry-out-run.ts';
import { chooseDeployment } from '../choose-deployment.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime } from '../cli-runtime.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import { type RunsDocument, runsDocument } from '../json/runs-document.ts';
import { checkRecordingOptions } from '../recordings/keep-recording.ts';
import { renderRuns } from '../render/render-runs.ts';
import { worstExit } from '../worst-exit.ts';

export interface RunAllOptions extends RunRequest {
  readonly stage?: string;
  /** Runs at the same time. */
  readonly concurrency: number;
  readonly json?: boolean;
}

type TargetResult = RunsDocument['targets'][number];

/**
 * Runs every target of the configuration, so many at a time, and waits for all of them. Each is an execution of its own:
 * what becomes of one touches no other.
 *
 * @param endpoint what AWS_ENDPOINT_URL says, for messages
 * @throws StageUnknown
 */
export async function runAllCommand(
  runtime: CliRuntime,
  io: CliIo,
  options: RunAllOptions,
  endpoint: string | undefined,
): Promise<ExitCode> {
  checkRecordingOptions(options);
  const deployment = await chooseDeployment(runtime, io, options.stage);
  const names = Object.keys(runtime.config.targets);
  let ended = 0;
  const targets = await pMap(
    names,
    async (target) => {
      io.progress?.(`${ended} of ${names.length} targets done`);
      const result = await runOne(runtime, deployment, target, options, endpoint);
      ended += 1;
      io.progress?.(ended === names.length ? null : `${ended} of ${names.length} targets done`);
      return result;
    },
    { concurrency: options.concurrency },
  );
  const document = runsDocument.parse({
    schema: 'slotkeeper.runs/1',
    stage: deployment.stage,
    dryRun: options.dryRun ?? false,
    exitCode: worstExit(targets.map(({ exitCode }) => exitCode)),
    targets,
  });
  io.out(options.json === true ? JSON.stringify(document) : renderRuns(document, io));
  return document.exitCode;
}

async function runOne(
  runtime: CliRuntime,
  deployment: Deployment,
  target: string,
  options: RunAllOptions,
  endpoint: string | undefined,
): Promise<TargetResult> {
  try {
    const run = await carryOutRun(runtime, deployment, target, { ...options, wait: true });
    return { target, exitCode: run.exitCode, run, error: null };
  } catch (error) {
    const { name, message, exitCode } = explainError(error, endpoint);
    return {
      target,
      exitCode: exitCode === EXIT.refused ? EXIT.refused : EXIT.failed,
      run: null,
      error: { name, message },
    };
  }
}
