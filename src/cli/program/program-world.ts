import type { Command } from 'commander';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime, RuntimeOptions } from '../cli-runtime.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { OpenRuntime } from '../in-world.ts';
import type { UrlOptions } from '../url/url-options.ts';

/** What the commands are added to, and what they are given. */
export interface ProgramWorld {
  readonly program: Command;
  readonly io: CliIo;
  /** Makes what a command needs of the world. */
  readonly openRuntime: OpenRuntime;
  /** Opens a command's world, lets it act, and notes how it ended. */
  readonly onAws: (
    options: RuntimeOptions & UrlOptions,
    act: (runtime: CliRuntime) => Promise<ExitCode>,
  ) => Promise<void>;
  /** Is called with the exit code of the command that ran. */
  readonly ended: (exitCode: ExitCode) => void;
  /** What AWS_ENDPOINT_URL says, for messages. */
  readonly endpoint: string | undefined;
}
