import type { CliIo } from '../cli-io.ts';
import type { RuntimeOptions } from '../cli-runtime.ts';
import { type RunOptions, runCommand } from '../commands/run-command.ts';
import type { ExitCode } from '../exit-codes.ts';
import { actOnce, type OpenRuntime } from '../in-world.ts';
import { withInterrupt } from '../interrupt.ts';
import type { UrlRunOptions } from './url-options.ts';
import { watchRuns } from './watch-runs.ts';

/** Seconds between the starts of two runs unless `--every` says otherwise. */
const EVERY = 300;

/**
 * `slotkeeper run --url`: a run without a deployment, once or again and again. It is a dry run unless it is told to act,
 * since nobody has deployed, and so agreed to, its policy.
 */
export async function runByUrl(
  open: OpenRuntime,
  io: CliIo,
  options: RunOptions & RuntimeOptions & UrlRunOptions,
): Promise<ExitCode> {
  const { terminate = false, watch = false, every = EVERY, ...rest } = options;
  const dryRun = !terminate && options.apply === undefined;
  const told = new Set<string>();
  return await withInterrupt(io, async (interrupt) => {
    const once = () =>
      actOnce(open, options, { io, interrupt, told }, (runtime) =>
        runCommand(runtime, io, { ...rest, dryRun, wait: true, keepLook: options.apply === undefined }),
      );
    return watch ? await watchRuns(io, interrupt, every, once) : await once();
  });
}
