import { chooseDeployment } from '../choose-deployment.ts';
import { chooseTarget } from '../choose-target.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime } from '../cli-runtime.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { backendsDocument } from '../json/backends-document.ts';
import { judgeNow } from '../judge-now.ts';
import { checkRecordingOptions } from '../recordings/keep-recording.ts';
import type { RecordingOptions } from '../recordings/recording-options.ts';
import { renderBackends } from '../render/render-backends.ts';

export interface BackendsOptions extends RecordingOptions {
  readonly target?: string;
  readonly stage?: string;
  readonly json?: boolean;
}

/**
 * Shows who holds slots now, and what a run would do with each, and why. It changes nothing.
 *
 * @throws CanaryFailed when the database user may not see everyone's sessions
 */
export async function backendsCommand(runtime: CliRuntime, io: CliIo, options: BackendsOptions): Promise<ExitCode> {
  checkRecordingOptions(options);
  const target = chooseTarget(runtime.config, runtime.configPath, options.target);
  const deployment = await chooseDeployment(runtime, io, options.stage);
  const document = backendsDocument.parse(await judgeNow(runtime, deployment, target, options));
  io.out(options.json === true ? JSON.stringify(document) : renderBackends(document, io));
  return EXIT.nothingToDo;
}
