import type { RunsDocument } from './json/runs-document.ts';

type RunExit = RunsDocument['exitCode'];

/** What a script has to know first: a failure, then a refusal, then that something was done. */
const GRAVITY: readonly RunExit[] = [1, 20, 10, 0];

/** One exit code for several runs: the gravest. */
export function worstExit(exitCodes: readonly RunExit[]): RunExit {
  return GRAVITY.find((code) => exitCodes.includes(code)) ?? 0;
}
