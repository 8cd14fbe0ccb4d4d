import * as z from 'zod';
import { redshiftEngine } from '../backends/redshift-engine.ts';
import type { Snapshot } from '../backends/snapshot.ts';
import type { DataApiTarget } from '../config/target-config.ts';
import { checkCanary } from '../policy/check-canary.ts';
import { effectOn, type TerminationEffect } from './effect-on.ts';
import { findDataApiTarget } from './find-data-api-target.ts';
import { readTermination } from './read-termination.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { recordRound, type SettledRound } from './record-round.ts';
import { runRefShape } from './run-ref.ts';

export const recordOutcomesInput = z.strictObject({
  run: runRefShape,
  round: z.int().min(0),
  terminationId: z.string().min(1),
  statementId: z.string().min(1),
});

/**
 * Reads who is still there and whom the guarded statement signalled, and records what became of each backend that the
 * run has claimed.
 *
 * @throws CanaryFailed when the look could not see everyone; then nobody is taken to be gone, and nothing is recorded
 * @throws SnapshotAnomalous when it shows far fewer than there can be; the same holds
 */
export function createRecordOutcomes(ports: ReaperPorts) {
  return async (step: z.infer<typeof recordOutcomesInput>): Promise<SettledRound> => {
    const { run, round: number } = step;
    const target = findDataApiTarget(ports.config, run.target);
    const seen = await look(ports, target, step.statementId);
    const termination = await readTermination(ports.warehouseOf(target), target, step.terminationId);
    return await recordRound(ports, run, {
      number,
      look: seen,
      status: termination.status,
      effectOf: ({ identity }, last) => sinceFirstRound(number, effectOn(identity, termination, seen, last)),
    });
  };
}

/**
 * That this round's statement did not signal one says nothing of the rounds before: where it did, that is on record, but
 * a statement that did not finish may have done so without a word.
 */
function sinceFirstRound(number: number, effect: TerminationEffect): TerminationEffect {
  return effect.signalled === false && number > 0 ? { ...effect, signalled: null } : effect;
}

async function look(ports: ReaperPorts, target: DataApiTarget, statementId: string): Promise<Snapshot> {
  const rows = await ports.warehouseOf(target).fetchRows(statementId);
  const snapshot = redshiftEngine(target).readSnapshot(rows, target.name);
  const blind = checkCanary(snapshot);
  if (blind !== null) {
    throw blind;
  }
  return snapshot;
}
