import pMap from 'p-map';
import type { Backend } from '../backends/backend.ts';
import type { Snapshot } from '../backends/snapshot.ts';
import { backendKey } from '../lifecycle/backend-key.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { settleTermination } from '../lifecycle/settle-termination.ts';
import { signalBackend, wasSignalled } from '../lifecycle/signal-backend.ts';
import { checkLook } from '../policy/check-look.ts';
import type { StatementStatus } from '../warehouse/warehouse.ts';
import { changeBackend } from './change-backend.ts';
import { isClaimedBy } from './claim-victims.ts';
import { decideOutcome } from './decide-outcome.ts';
import type { TerminationEffect } from './effect-on.ts';
import { findTarget } from './find-target.ts';
import { settlePooledVictim } from './pooled/settle-pooled-victim.ts';
import { type Claim, readClaims } from './read-claims.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { requirePlan } from './require-plan.ts';
import { runActor } from './run-actor.ts';
import type { RunRef } from './run-ref.ts';
import { WRITE_CONCURRENCY } from './write-concurrency.ts';

export interface SettledRound {
  /** The next round. */
  readonly round: number;
  /** Seconds to wait before it. */
  readonly wait: number;
  readonly settled: boolean;
}

/** Everything by which one round's outcomes are decided. */
export interface Round {
  readonly number: number;
  /** What the server showed after the guarded statement; its canary has been checked. */
  readonly look: Snapshot;
  /** How the guarded statement ended. */
  readonly status: StatementStatus;
  /** What the guarded statement did to a backend, as far as it can be known. */
  readonly effectOf: (record: BackendRecord, lastRound: boolean) => TerminationEffect;
}

/** A round, and what follows from it and the configuration. */
interface Judged extends Round {
  readonly last: boolean;
  /** The backends of the look, by key. */
  readonly seen: ReadonlyMap<string, Backend>;
}

/**
 * Compares what the server shows now with whom the run claimed, and records what became of each.
 *
 * @throws SnapshotAnomalous when the look shows far fewer backends than there can be; then nobody is taken to be gone,
 *   and nothing is recorded
 */
export async function recordRound(ports: ReaperPorts, run: RunRef, round: Round): Promise<SettledRound> {
  const { rounds, wait } = ports.config.runs.settle;
  const { sanity } = findTarget(ports.config, run.target);
  const odd = checkLook(round.look, (await requirePlan(ports.table, run)).counts, sanity);
  if (odd !== null) {
    throw odd;
  }
  const judged = {
    ...round,
    last: round.number + 1 >= rounds,
    seen: new Map(round.look.backends.map((backend) => [backendKey(backend.identity), backend])),
  };
  const claims = await readClaims(ports.table, run);
  const records = await pMap(claims, (claim) => recordOutcome(ports, run, judged, claim), {
    concurrency: WRITE_CONCURRENCY,
  });
  return { round: round.number + 1, wait, settled: !records.some((record) => isClaimedBy(record, run)) };
}

async function recordOutcome(
  ports: ReaperPorts,
  run: RunRef,
  round: Judged,
  { record: claimed, member }: Claim,
): Promise<BackendRecord | null> {
  const key = backendKey(claimed.identity);
  const by = runActor(run);
  const seen = round.seen.get(key);
  const { signalled: signalledNow, denied } = round.effectOf(claimed, round.last);
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
      const detail = { signalled, statement: round.status, round: round.number, lookedAt: round.look.takenAt };
      return settleTermination(record, { outcome, lastActiveAt: seen?.lastActiveAt ?? null, detail, at, by });
    }
    return signalledNow === true && !signalledBefore ? signalBackend(record, { round: round.number, at, by }) : null;
  });
}
