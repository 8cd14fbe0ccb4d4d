import { carryOutRun, type RunRequest } from '../carry-out-run.ts';
import { chooseDeployment } from '../choose-deployment.ts';
import { chooseTarget } from '../choose-target.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime } from '../cli-runtime.ts';
import type { ExitCode } from '../exit-codes.ts';
import { runDocument } from '../json/run-document.ts';
import { checkRecordingOptions } from '../recordings/keep-recording.ts';
import { renderRun } from '../render/render-run.ts';

export interface RunOptions extends RunRequest {
  readonly target?: string;
  readonly stage?: string;
  readonly json?: boolean;
}

/**
 * Runs one target by hand, on the deployed state machine or on that of a server's URL.
 *
 * @throws StageUnknown TargetMissing TargetNotConfigured PlanUnknown ExecutionStillRunning
 */
export async function runCommand(runtime: CliRuntime, io: CliIo, options: RunOptions): Promise<ExitCode> {
  checkRecordingOptions(options);
  const target = chooseTarget(runtime.config, runtime.configPath, options.target).name;
  const deployment = await chooseDeployment(runtime, io, options.stage);
  const document = await carryOutRun(runtime, deployment, target, options);
  io.out(options.json === true ? JSON.stringify(runDocument.parse(document)) : renderRun(document, io, runtime.byUrl));
  if (options.record !== undefined && document.recorded === null) {
    io.err('Nothing was recorded: the run kept no plan.');
  }
  return document.exitCode;
}
