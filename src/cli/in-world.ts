import type { CliIo } from './cli-io.ts';
import type { CliRuntime, RuntimeOptions } from './cli-runtime.ts';
import type { ExitCode } from './exit-codes.ts';
import { type Interrupt, withInterrupt } from './interrupt.ts';
import { checkUrlOptions, type UrlOptions } from './url/url-options.ts';

/** What makes a command's world may need. */
export interface OpenWith {
  readonly io: CliIo;
  /** Null where the process may be ended at any time. */
  readonly interrupt: Interrupt | null;
  /** Notes that were shown already: who opens it again and again shows each once. */
  readonly told?: Set<string>;
}

/** Makes what a command needs of the world. */
export type OpenRuntime = (options: RuntimeOptions & UrlOptions, world: OpenWith) => Promise<CliRuntime>;

type Act = (runtime: CliRuntime) => Promise<ExitCode>;

/** Opens a command's world, lets it act there, and closes it in any case. By URL it can be interrupted. */
export async function inWorld(
  open: OpenRuntime,
  options: RuntimeOptions & UrlOptions,
  io: CliIo,
  act: Act,
): Promise<ExitCode> {
  checkUrlOptions(options);
  return options.url === undefined
    ? await actOnce(open, options, { io, interrupt: null }, act)
    : await withInterrupt(io, (interrupt) => actOnce(open, options, { io, interrupt }, act));
}

/** The same where somebody else listens for signals. */
export async function actOnce(
  open: OpenRuntime,
  options: RuntimeOptions & UrlOptions,
  world: OpenWith,
  act: Act,
): Promise<ExitCode> {
  const runtime = await open(options, world);
  try {
    const acting = act(runtime);
    return await (world.interrupt === null ? acting : Promise.race([acting, world.interrupt.whenAborted]));
  } finally {
    await runtime.close();
  }
}
