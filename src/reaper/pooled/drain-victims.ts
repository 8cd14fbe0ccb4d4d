import type { BackendIdentity } from '../../backends/backend-identity.ts';
import { isPooled } from '../../config/pool-config.ts';
import type { TargetConfig } from '../../config/slotkeeper-config.ts';
import { backendKey } from '../../lifecycle/backend-key.ts';
import { clockDifference } from '../../policy/clock-difference.ts';
import type { Plan, PlanMember } from '../../policy/plan.ts';
import { isEndable, type PooledSessionRef } from '../../policy/pool-standing.ts';
import { canDrain, drainSession } from '../../pool/lifecycle/drain-session.ts';
import { drainingOf } from '../../pool/lifecycle/restore-session.ts';
import { latestEnd } from '../../pool/lifecycle/session-times.ts';
import type { PooledSessionRecord } from '../../pool/pooled-session.ts';
import { saveSession } from '../../pool/save-session.ts';
import type { ReaperPorts } from '../reaper-ports.ts';
import { runActor } from '../run-actor.ts';
import type { RunRef } from '../run-ref.ts';
import { isCreationLost, LEASE_GRACE_SECONDS } from './pool-terms.ts';
import { keyOfRef, refOf } from './pooled-ref.ts';
import { readPooledSessions } from './read-pooled-sessions.ts';
import { restoreDrained } from './restore-drained.ts';
import { viewPool } from './view-pool.ts';

/** Why a victim is left to the pool: somebody has it or may have it, or it was leased since the plan. */
export type DrainRefusal = 'leased' | 'used-since';

/** A victim that the pool no longer hands out. */
export interface Drained {
  readonly refusal: DrainRefusal | null;
  /** Undoes it; for a victim that is not ended after all. */
  readonly restore: () => Promise<void>;
}

/** Who loses this often in a row meets a fault, not a race. */
const MAX_TRIES = 5;

/** Nothing has to be undone. */
const notPooled: Drained = { refusal: null, restore: async () => undefined };

function refused(refusal: DrainRefusal): Drained {
  return { ...notPooled, refusal };
}

/**
 * Looks anew how the pool stands to the planned victims, strongly, and answers what takes one out of the pool's hands
 * before it is claimed. The write is conditional: if the pool leases the session first, it fails, and the victim is not
 * ended. Once it is written, no pool hands the session out.
 */
export async function createDrainVictim(
  ports: ReaperPorts,
  run: RunRef,
  target: TargetConfig,
  plan: Plan,
): Promise<(victim: PlanMember) => Promise<Drained>> {
  const victims = plan.members.filter(({ action }) => action === 'terminate');
  const sessions = await readPooledSessions(ports.pool, target, victims);
  const { standings, lostCreations } = viewPool({
    backends: victims.map((victim) => ({ ...victim, own: false, system: false, superuser: false })),
    sessions,
    pool: isPooled(target) ? target.pool : null,
    clockDifference: clockDifference(plan, ports.now()),
    at: ports.now().toISOString(),
  });
  return async (victim) => {
    const standing = standings.get(backendKey(victim.identity));
    if (standing === undefined) {
      return notPooled;
    }
    if (standing.kind === 'orphan') {
      return await drainLost(ports, run, lostCreations.get(backendKey(victim.identity)) ?? []);
    }
    if (!isEndable(standing)) {
      return refused('leased');
    }
    const { session } = standing;
    const planned = victim.standing;
    // Who is the pool's now was so when it was planned, and nobody has leased it since.
    const isAsPlanned = planned !== undefined && planned.kind !== 'orphan' && isSameTurn(planned.session, session);
    return isAsPlanned ? await drain(ports, run, session, victim.identity) : refused('used-since');
  };
}

/**
 * A pool may yet find the session of a creation that nobody finished, and hand it out; an orphan that may be that
 * session is only ended once no pool can. A creation that was found meanwhile is the pool's again.
 */
async function drainLost(ports: ReaperPorts, run: RunRef, lost: readonly PooledSessionRef[]): Promise<Drained> {
  for (const ref of lost) {
    const drained = await drain(ports, run, ref);
    if (drained.refusal !== null) {
      return drained;
    }
  }
  return notPooled;
}

/** @param backend the session's own, where that is known; absent: it may be another's */
async function drain(
  ports: ReaperPorts,
  run: RunRef,
  ref: PooledSessionRef,
  backend?: BackendIdentity,
): Promise<Drained> {
  const by = runActor(run);
  const key = keyOfRef(run.target, ref);
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const at = ports.now().toISOString();
    const record = await ports.pool.readSession(key, ref.slot);
    if (record === null || record.id !== ref.id || record.state === 'ended') {
      return notPooled;
    }
    if (!isSameTurn(refOf(record), ref)) {
      return refused('used-since');
    }
    if (record.state === 'draining') {
      // A signal of the run that drained it may yet reach it: only that run's own step gives it back at once.
      return drainingOf(record)?.by === by ? { refusal: null, restore: () => restore(ports, record, by) } : notPooled;
    }
    if (!canDrain(record, at, LEASE_GRACE_SECONDS) && !isCreationLost(record, at)) {
      return refused('leased');
    }
    const next = drainSession(record, {
      why: 'idle for too long',
      aliveUntil: serverKeepsUntil(record),
      ...(backend === undefined ? {} : { backend }),
      at,
      by,
    });
    if (await saveSession(ports.pool, next)) {
      return { refusal: null, restore: () => restore(ports, next, by) };
    }
  }
  return refused('leased');
}

async function restore(ports: ReaperPorts, record: PooledSessionRecord, by: string): Promise<void> {
  await restoreDrained(ports, record, { why: 'not ended after all', by });
}

/** While a lease lasts its holder does not write down how the keep-alive moves on; then only the age is sure. */
function serverKeepsUntil(record: PooledSessionRecord): string {
  return record.state === 'leased' ? latestEnd(record, 0) : record.aliveUntil;
}

function isSameTurn(a: PooledSessionRef, b: PooledSessionRef): boolean {
  return a.id === b.id && a.fence === b.fence;
}
