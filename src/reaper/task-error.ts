import * as z from 'zod';
import { safeParse } from '../errors/safe-parse.ts';

/** What a Catch puts into the state: the error's name and, from a Lambda function, JSON about it. */
export const taskErrorShape = z.object({ Error: z.string(), Cause: z.string().optional() });

const lambdaCause = z.object({ errorMessage: z.string() });

/** An error in words: the name that the state machine matches on, and the message. */
export interface TaskError {
  readonly name: string;
  readonly message: string;
}

/** Reads a Catch's error output; a Lambda function's message stands inside the JSON of its cause. */
export function readTaskError({ Error: name, Cause }: z.infer<typeof taskErrorShape>): TaskError {
  if (Cause === undefined || Cause === '') {
    return { name, message: 'No cause was given.' };
  }
  return { name, message: lambdaMessage(Cause) ?? Cause };
}

function lambdaMessage(cause: string): string | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(cause);
  } catch {
    // Causes of other integrations are plain text; the caller takes them as they are.
    return null;
  }
  const read = safeParse(lambdaCause, parsed);
  return read.success ? read.data.errorMessage : null;
}
