import * as z from 'zod';
import { InvalidRunInput } from './errors/invalid-run-input.ts';

const runInput = z.strictObject({ target: z.string().min(1), dryRun: z.boolean().optional() });

/**
 * Reads what a person or a schedule started the execution with.
 *
 * @throws InvalidRunInput on unknown keys, missing keys and wrong types, all named at once
 */
export function readRunInput(input: unknown): { target: string; dryRun: boolean } {
  const read = runInput.safeParse(input);
  if (!read.success) {
    const problems = read.error.issues.map((issue) =>
      issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`,
    );
    throw new InvalidRunInput(problems, { cause: read.error });
  }
  return { target: read.data.target, dryRun: read.data.dryRun ?? false };
}
