import pMap from 'p-map';
import * as z from 'zod';
import type { Backend } from '../backends/backend.ts';
import { redshiftEngine } from '../backends/redshift-engine.ts';
import type { Snapshot } from '../backends/snapshot.ts';
import type { DataApiTarget } from '../config/target-config.ts';
import { backendKey } from '../lifecycle/backend-key.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { settleTermination } from '../lifecycle/settle-termination.ts';
import { signalBackend, wasSignalled } from '../lifecycle/signal-backend.ts';
import { checkCanary } from '../policy/check-canary.ts';
import { changeBackend } from './change-backend.ts';
import { isClaimedBy } from './claim-victims.ts';
import { decideOutcome } from './decide-outcome.ts';
import { effectOn } from './effect-on.ts';
import { findDataApiTarget } from './find-data-api-target.ts';
import { settlePooledVictim } from './pooled/settle-pooled-victim.ts';
import { type Claim, readClaims } from './read-claims.ts';
import { readTermination, type TerminationResult } from './read-termination.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { runActor } from './run-actor.ts';
import { type RunRef, runRefShape } from './run-ref.ts';
import { WRITE_CONCURRENCY } from './write-concurrency.ts';

export const recordOutcomesInput = z.strictObject({
  run: runRefShape,
  round: z.int().min(0),
  terminationId: z.string().min(1),
  statementId: z.string().min(1),
});

export interface SettledRound {
  /** The next round. */
  readonly round: number;
  /** Seconds to wait before it. */
  readonly wait: number;
  readonly settled: boolean;
}

/** Everything by which one round's outcomes are decided. */
interface Round {
  readonly number: number;
  readonly last: boolean;
  readonly look: Snapshot;
  /** The backends of the look, by key. */
  readonly seen: ReadonlyMap<string, Backend>;
  readonly termination: TerminationResult;
}

/**
 * Compares what the server shows now with whom the run claimed, and records what became of each.
 *
 * @throws CanaryFailed when the look could not see everyone; then nobody is taken to be gone, and nothing is recorded
 */
export function createRecordOutcomes(ports: ReaperPorts) {
  return async (step: z.infer<typeof recordOutcomesInput>): Promise<SettledRound> => {
    const { run, round: number } = step;
    const { rounds, wait } = ports.config.runs.settle;
    const target = findDataApiTarget(ports.config, run.target);
    const looked = await look(ports, target, step.statementId);
    const round = {
      number,
      last: number + 1 >= rounds,
      look: looked,
      seen: new Map(looked.backends.map((backend) => [backendKey(backend.identity), backend])),
      termination: await readTermination(ports.warehouseOf(target), target, step.terminationId),
    };
    const claims = await readClaims(ports.table, run);
    const records = await pMap(claims, (claim) => recordOutcome(ports, run, round, claim), {
      concurrency: WRITE_CONCURRENCY,
    });
    return { round: number + 1, wait, settled: !records.some((record) => isClaimedBy(record, run)) };
  };
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

async function recordOutcome(
  ports: ReaperPorts,
  run: RunRef,
  round: Round,
  { record: claimed, member }: Claim,
): Promise<BackendRecord | null> {
  const key = backendKey(claimed.identity);
  const by = runActor(run);
  const seen = round.seen.get(key);
  const { status } = round.termination;
  const { signalled: signalledNow, denied } = effectOn(claimed.identity, round.termination, round.look, round.last);
  const judge = (record: BackendRecord) => {
    const signalledBefore = wasSignalled(record, by);
    const signalled = signalledBefore || signalledNow;
    const outcome = decideOutcome({ record, seen, signalled, denied, lastRound: round.last });
    return { signalledBefore, signalled, outcome };
  };
  const { outcome: settled, signalled: ever } = judge(claimed);
  if (settled !== 'pending') {
    // First, because a repeated step only meets backends that are not settled yet.
    await settlePooledVictim(ports, run, member, { outcome: settled, seen, signalled: ever });
  }
  return await changeBackend(ports.table, claimed.identity, claimed, (record) => {
    if (!isClaimedBy(record, run)) {
      return null;
    }
    const { signalledBefore, signalled, outcome } = judge(record);
    const at = ports.now().toISOString();
    if (outcome !== 'pending') {
      const detail = { signalled, statement: status, round: round.number, lookedAt: round.look.takenAt };
      return settleTermination(record, { outcome, lastActiveAt: seen?.lastActiveAt ?? null, detail, at, by });
    }
    return signalledNow === true && !signalledBefore ? signalBackend(record, { round: round.number, at, by }) : null;
  });
}
