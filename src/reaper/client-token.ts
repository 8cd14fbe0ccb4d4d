import { createHash } from 'node:crypto';
import type { RunRef } from './run-ref.ts';

/**
 * The ClientToken of one submission: the same whenever a step is repeated, so that the Data API answers with the
 * statement that it has (it remembers tokens for 8 hours), and another one for every other step, round and session.
 *
 * A hash, because a token may have 64 characters and an execution's name alone 80 (AWS API references of
 * `ExecuteStatement` and `StartExecution`).
 */
export function clientToken(run: RunRef, step: string, round: number, sessionTry: number): string {
  return createHash('sha256')
    .update(JSON.stringify([run.target, run.id, run.startedAt, step, round, sessionTry]))
    .digest('hex');
}
