import type { CliRuntime } from './cli-runtime.ts';

/** The options that name the world of a command again, for the lines that it shows to be typed next. */
export function whereAgain({ byUrl }: Pick<CliRuntime, 'byUrl'>, target: string, stage: string): string {
  return byUrl?.again ?? `--target ${target} --stage ${stage}`;
}
