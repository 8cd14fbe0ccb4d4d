import { DataApiFailed } from '../warehouse/data-api-failed.ts';
import { SessionUnavailable } from '../warehouse/session-unavailable.ts';
import { acquireLease } from './acquire-lease.ts';
import { busyPause } from './busy-pause.ts';
import { endPooledSession } from './end-pooled-session.ts';
import { BadRequest } from './errors/bad-request.ts';
import { PoolExhausted } from './errors/pool-exhausted.ts';
import { SubmitRefused } from './errors/submit-refused.ts';
import type { HeldLease, LeaseNeed } from './held-lease.ts';
import type { KeyPool } from './key-pool.ts';
import type { PoolContext } from './pool-context.ts';
import { settleLease } from './settle-lease.ts';
import { type StatementJob, type Submitted, submitOnLease } from './submit-on-lease.ts';
import { verifySession } from './verify-session.ts';

/** How long no session is asked for after the service said that it has no room for one. */
const NO_ROOM_MS = 5_000;

/** A lease and the statement that was taken under it. */
export interface SubmittedUnderLease {
  readonly held: HeldLease;
  readonly submitted: Submitted;
}

/**
 * Gets a session and submits the first statement on it. Where the submit itself was refused, so that nothing ran, it is
 * sent once more: on the same session if the service was only too busy or shows it idle, else on another one, which is
 * looked at before. A statement that was taken is never sent again, whatever becomes of it.
 *
 * @throws PoolExhausted no session could be had, or two submissions were refused
 * @throws BadRequest, DataApiFailed as `PoolWarehouse.submit`
 */
export async function submitSafely(
  context: PoolContext,
  pool: KeyPool,
  need: LeaseNeed,
  job: StatementJob,
): Promise<SubmittedUnderLease> {
  const first = await acquireLease(context, pool, need);
  const refusal = await trySubmit(context, pool, first, job);
  if (!(refusal instanceof Error)) {
    return refusal;
  }
  const second = (await again(context, pool, first, refusal)) ?? (await acquireVerified(context, pool, need));
  const outcome = await trySubmit(context, pool, second, job);
  if (!(outcome instanceof Error)) {
    return outcome;
  }
  if (outcome instanceof SubmitRefused) {
    await settleUnused(context, pool, second);
  } else if ((await verify(context, pool, second)) === 'idle') {
    await settleLease(context, pool, second, 'unknown-state');
  }
  throw new PoolExhausted(
    `Two submissions for tenant ${pool.key.tenant} on target ${context.target.name} were refused in a row.`,
    { cause: outcome },
  );
}

/** Submits, or tells why nothing ran and another try may help; every other error settles the lease and is thrown. */
async function trySubmit(
  context: PoolContext,
  pool: KeyPool,
  held: HeldLease,
  job: StatementJob,
): Promise<SubmittedUnderLease | SessionUnavailable | SubmitRefused> {
  const isNew = held.record.state === 'creating';
  try {
    return { held, submitted: await submitOnLease(context, held, job) };
  } catch (error) {
    if (error instanceof SessionUnavailable || error instanceof SubmitRefused) {
      return error;
    }
    if (error instanceof BadRequest || isRefusal(error)) {
      await settleUnused(context, pool, held);
    } else if (!isNew) {
      await settleLease(context, pool, held, 'unknown-state');
    }
    // A creation whose answer was lost stays as it is: its session, if there is one, is found by the statement's name.
    throw error;
  }
}

/** The same lease for another try, or `null`: then it is settled. */
async function again(
  context: PoolContext,
  pool: KeyPool,
  held: HeldLease,
  refusal: SessionUnavailable | SubmitRefused,
): Promise<HeldLease | null> {
  if (refusal instanceof SessionUnavailable) {
    return (await verify(context, pool, held)) === 'idle' ? held : null;
  }
  if (refusal.reason === 'throttled' || refusal.reason === 'statements-exceeded') {
    await busyPause(context);
    return held;
  }
  if (refusal.reason === 'sessions-exceeded') {
    pool.createNothingUntil = context.clock.now().getTime() + NO_ROOM_MS;
  }
  await settleUnused(context, pool, held);
  return null;
}

/** Nothing ran under this lease: its session is as it was, or was never opened. */
async function settleUnused(context: PoolContext, pool: KeyPool, held: HeldLease): Promise<void> {
  if (held.record.state !== 'creating') {
    return settleLease(context, pool, held, 'unused');
  }
  await endPooledSession(context, held.record, 'never-opened');
  pool.line.wakeFirst();
}

/** A lease of a session that the server shows idle, or of one that is to be opened. */
async function acquireVerified(context: PoolContext, pool: KeyPool, need: LeaseNeed): Promise<HeldLease> {
  const deadline = context.clock.now().getTime() + context.limits.waitSeconds * 1_000;
  for (;;) {
    const held = await acquireLease(context, pool, need);
    if (held.record.state === 'creating' || (await verify(context, pool, held)) === 'idle') {
      return held;
    }
    if (context.clock.now().getTime() >= deadline) {
      throw new PoolExhausted(`No usable session of tenant ${pool.key.tenant} was found in time.`);
    }
  }
}

async function verify(context: PoolContext, pool: KeyPool, held: HeldLease) {
  const { aliveUntil } = held;
  const seen = await verifySession(context, { ...held.record, aliveUntil }).catch(async (error: unknown) => {
    await settleLease(context, pool, held, 'unused');
    throw error;
  });
  if (seen !== 'idle') {
    pool.line.wakeFirst();
  }
  return seen;
}

/** Errors of the service that it answers before it does anything. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof DataApiFailed &&
    (error.reason === 'ValidationException' || error.reason === 'AccessDeniedException')
  );
}
