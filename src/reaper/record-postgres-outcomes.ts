import * as z from 'zod';
import { mayEnd } from '../policy/may-end.ts';
import { readRunRecord } from './change-run.ts';
import { effectOn } from './effect-on.ts';
import { findPostgresTarget } from './find-postgres-target.ts';
import { lookAtPostgres } from './look-at-postgres.ts';
import type { PostgresReaperPorts } from './postgres-reaper-ports.ts';
import { recordRound, type SettledRound } from './record-round.ts';
import { runRefShape } from './run-ref.ts';

export const recordPostgresOutcomesInput = z.strictObject({
  run: runRefShape,
  round: z.int().min(0),
  termination: z.strictObject({ status: z.enum(['FINISHED', 'FAILED']), denied: z.boolean() }),
});

/**
 * Looks who is still there, and records what became of each backend that the run has claimed. Whom the statement has
 * signalled stands on their records; of the others it is certain that they were not, unless an answer was lost.
 *
 * @throws CanaryFailed when the look could not see everyone; then nobody is taken to be gone, and nothing is recorded
 * @throws DirectWarehouseFailed when it does not get in; nothing is recorded
 */
export function createRecordPostgresOutcomes(ports: PostgresReaperPorts) {
  return async (step: z.infer<typeof recordPostgresOutcomesInput>): Promise<SettledRound> => {
    const { run, round: number, termination } = step;
    const look = await lookAtPostgres(ports, findPostgresTarget(ports.config, run.target));
    const { ends } = await readRunRecord(ports.table, run);
    const signalled = ends?.doubt === true ? null : false;
    const { status, denied } = termination;
    return await recordRound(ports, run, {
      number,
      look,
      status,
      effectOf: ({ identity }, last) =>
        denied
          ? effectOn(identity, { status, signalled: null, denied }, look, last)
          : { signalled, denied: !mayEnd(identity, look) },
    });
  };
}
