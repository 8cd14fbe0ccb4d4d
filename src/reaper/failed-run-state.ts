import * as z from 'zod';
import { safeParse } from '../errors/safe-parse.ts';
import { runRefShape } from './run-ref.ts';
import { taskErrorShape } from './task-error.ts';

const submitted = z.object({ id: z.string(), attempt: z.number() });

/**
 * What can be read from the state of a run that failed. It may have failed at any step, even on its input, so that
 * every member may be missing; what is not as expected counts as missing, since there is no one left to complain to.
 */
const failedRunState = z.object({
  input: z.unknown().optional(),
  run: runRefShape.optional().catch(undefined),
  error: taskErrorShape.optional().catch(undefined),
  /** The newest statement whose end decides how the run goes on: the session query or an outcome query. */
  statement: submitted.optional().catch(undefined),
  description: z.object({ status: z.string() }).optional().catch(undefined),
});

export type FailedRunState = z.infer<typeof failedRunState>;

/** Reads the state with which a run came to its failure; never throws. */
export function readFailedRunState(state: unknown): FailedRunState {
  const read = safeParse(failedRunState, state);
  return read.success ? read.data : {};
}
