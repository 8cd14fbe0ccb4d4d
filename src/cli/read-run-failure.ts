import * as z from 'zod';
import { safeParse } from '../errors/safe-parse.ts';
import type { ExecutionDescription } from './executions.ts';

/** Why an execution did not do a run. */
export interface RunFailure {
  readonly name: string;
  readonly message: string;
  /** It ended well, but left the target to the run that has the lock. */
  readonly skipped: boolean;
}

/** What Lambda makes of an error, as JSON text in a Cause (Lambda developer guide, "Node.js function errors"). */
const lambdaError = z.object({ errorMessage: z.string() });
/** The output of the state RunSkipped. */
const skippedOutput = z.object({ skipped: z.object({ Error: z.string(), Cause: z.string() }) });

/** Reads from an execution that has ended why it did not do its run; null: it did. */
export function readRunFailure(ended: ExecutionDescription): RunFailure | null {
  if (ended.status === 'SUCCEEDED') {
    const output = safeParse(skippedOutput, parseJson(ended.output ?? 'null'));
    return output.success
      ? { name: output.data.skipped.Error, message: causeText(output.data.skipped.Cause), skipped: true }
      : null;
  }
  return {
    name: ended.error ?? (ended.status === 'TIMED_OUT' ? 'States.Timeout' : `Execution${ended.status}`),
    message: causeText(ended.cause ?? `The execution ended ${ended.status}.`),
    skipped: false,
  };
}

function causeText(cause: string): string {
  const error = safeParse(lambdaError, parseJson(cause));
  return error.success ? error.data.errorMessage : cause;
}

/** @returns undefined for text that is no JSON: a cause may be either */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
