import * as z from 'zod';
import { safeParse } from '../errors/safe-parse.ts';
import { InvalidRunInput } from './errors/invalid-run-input.ts';
import { type AppliedPlan, appliedPlanShape } from './run-ref.ts';

/** So long at most does a run wait for its turn; HasTurn of the state machine says the same, and a test compares them. */
export const LONGEST_TURN_SECONDS = 480;

const runInput = z
  .strictObject({
    target: z.string().min(1),
    dryRun: z.boolean().optional(),
    apply: appliedPlanShape.optional(),
    record: z.boolean().optional(),
    // The state machine has waited so long by now.
    startAfter: z.int().min(0).max(LONGEST_TURN_SECONDS).optional(),
  })
  .refine(({ dryRun, apply }) => apply === undefined || dryRun !== true, {
    path: ['apply'],
    message: 'a plan is applied by a real run, not by a dry one',
  })
  .refine(({ record, apply }) => apply === undefined || record !== true, {
    path: ['record'],
    message: 'a run that applies a plan makes none of its own to record',
  });

/** What an execution is asked for. */
export interface RunInput {
  readonly target: string;
  readonly dryRun: boolean;
  readonly apply?: AppliedPlan;
  /** Keep what the plan was made of, to replay it; absent: no. */
  readonly record?: true;
  /** The turn that it has waited for, in seconds; absent: none. */
  readonly startAfter?: number;
}

/**
 * Reads what a person or a schedule started the execution with.
 *
 * @throws InvalidRunInput on unknown keys, missing keys and wrong types, all named at once
 */
export function readRunInput(input: unknown): RunInput {
  const read = safeParse(runInput, input);
  if (!read.success) {
    const problems = read.error.issues.map((issue) =>
      issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`,
    );
    throw new InvalidRunInput(problems, { cause: read.error });
  }
  const { target, dryRun = false, apply, record, startAfter } = read.data;
  return {
    target,
    dryRun,
    ...(apply === undefined ? {} : { apply }),
    ...(record === true ? { record } : {}),
    ...(startAfter === undefined ? {} : { startAfter }),
  };
}
