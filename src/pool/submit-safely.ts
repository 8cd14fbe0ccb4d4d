import { DataApiFailed } from '../warehouse/data-api-failed.ts';
import { SessionUnavailable } from '../warehouse/session-unavailable.ts';
import { acquireLease } from './acquire-lease.ts';
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
 * sent once more: on the same session if the server shows it idle, else on another one, which is looked at before. A
 * statement that was taken is never sent again, whatever becomes of it.
 *
 * @throws PoolExhausted no session could be had, or two were refused
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
  if (outcome instanceof SessionUnavailable && (await verify(context, pool, second)) === 'idle') {
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
  const { record } = held;
  try {
    return { held, submitted: await submitOnLease(context, held, job) };
  } catch (error) {
    if (error instanceof SessionUnavailable) {
      return error;
    }
    const neverRan = error instanceof SubmitRefused || error instanceof BadRequest || isRefusal(error);
    if (record.state === 'creating') {
      if (neverRan) {
        await endPooledSession(context, record, 'never-opened');
        pool.line.wakeFirst();
      }
      // Otherwise the item stays: its session, if there is one, is found by the statement's name.
    } else {
      await settleLease(context, pool, held, neverRan ? 'unused' : 'unknown-state');
    }
    if (!(error instanceof SubmitRefused)) {
      throw error;
    }
    if (error.reason === 'sessions-exceeded') {
      pool.createNothingUntil = context.clock.now().getTime() + NO_ROOM_MS;
    } else if (error.reason !== 'lease-over') {
      throw new PoolExhausted(`Target ${context.target.name} takes no more statements (${error.reason}).`, {
        cause: error,
      });
    }
    return error;
  }
}

/** The same lease again, where the server shows its session idle; the others are settled here. */
async function again(
  context: PoolContext,
  pool: KeyPool,
  held: HeldLease,
  refusal: SessionUnavailable | SubmitRefused,
): Promise<HeldLease | null> {
  const isIdle = refusal instanceof SessionUnavailable && (await verify(context, pool, held)) === 'idle';
  return isIdle ? held : null;
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
