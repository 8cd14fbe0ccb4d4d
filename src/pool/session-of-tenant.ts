import { SessionUnavailable } from '../warehouse/session-unavailable.ts';
import { LEAST_LEASE_MS } from './acquire-lease.ts';
import { busyPause } from './busy-pause.ts';
import { BadRequest } from './errors/bad-request.ts';
import { PoolExhausted } from './errors/pool-exhausted.ts';
import { SessionLost } from './errors/session-lost.ts';
import { SubmitRefused } from './errors/submit-refused.ts';
import { fetchRows } from './fetch-rows.ts';
import type { HeldLease } from './held-lease.ts';
import type { KeyPool } from './key-pool.ts';
import type { PoolContext } from './pool-context.ts';
import { readStatementRequest } from './read-statement-request.ts';
import { renewHeld } from './renew-held.ts';
import { runToEnd } from './run-to-end.ts';
import type { QueryResult, StatementRequest, TenantSession } from './session-pool.ts';
import { settleLease } from './settle-lease.ts';
import { statementEffects } from './statement-effects.ts';
import { type StatementJob, type Submitted, submitOnLease } from './submit-on-lease.ts';
import { type SubmittedUnderLease, submitSafely } from './submit-safely.ts';
import { verifySession } from './verify-session.ts';

const ROLLBACK_TIMEOUT_MS = 10_000;

/** One session for several statements of a tenant; its lease is taken by the first of them. */
export class SessionOfTenant implements TenantSession {
  readonly #context: PoolContext;
  readonly #pool: KeyPool;
  #held: HeldLease | null = null;
  #isRunning = false;
  #isOver = false;
  #isLost = false;
  #inTransaction = false;
  #leavesTraces = false;

  constructor(context: PoolContext, pool: KeyPool) {
    this.#context = context;
    this.#pool = pool;
  }

  /** @throws SessionLost when the session of the earlier statements is gone; BadRequest, StatementFailed, … */
  async query(request: StatementRequest): Promise<Omit<QueryResult, 'reusedSession'>> {
    const { sql, parameters, timeoutMs, maxRows } = readStatementRequest(request);
    if (this.#isOver || this.#isRunning) {
      throw new BadRequest(
        `Expected one statement after the other within withSession, got one ${this.#isOver ? 'after its end' : 'while another runs'}.`,
      );
    }
    this.#isRunning = true;
    try {
      const job = { sql, parameters, timeoutMs, withEvent: false };
      const { statementId, hasResultSet } = await this.#run(job);
      const rows = hasResultSet
        ? await fetchRows(this.#context.warehouse, statementId, maxRows)
        : { columns: [], rows: [], nextToken: null };
      return { statementId, ...rows };
    } finally {
      this.#isRunning = false;
    }
  }

  /** Rolls back what is open and gives the session back, or retires it where it is not as it was. */
  async end(): Promise<void> {
    this.#isOver = true;
    if (this.#inTransaction && this.#held !== null) {
      await this.#rollBack();
    }
    const held = this.#held;
    this.#held = null;
    if (held !== null) {
      // A statement that nobody waited for may still run.
      const isKnown = !this.#leavesTraces && !this.#isRunning;
      const outcome = isKnown ? 'used' : 'unknown-state';
      await settleLease(this.#context, this.#pool, held, outcome).catch(this.#context.onTrouble);
    }
  }

  async #run(job: StatementJob): Promise<{ statementId: string; hasResultSet: boolean }> {
    const effects = statementEffects(job.sql);
    const under = await this.#submit(job);
    this.#held = under.held;
    // From here on it may have had its effect, whether it is seen to finish or not.
    this.#leavesTraces ||= effects.leavesTraces;
    this.#inTransaction ||= effects.transaction === 'begins';
    const end = await runToEnd(this.#context, this.#pool, under, job).catch((error: unknown) => {
      this.#lose();
      throw error;
    });
    if (!end.leaseHeld) {
      this.#lose();
    }
    if (end.kind === 'failed') {
      if (end.stateUnknown && this.#held !== null && !this.#inTransaction) {
        this.#leavesTraces = true;
      }
      throw end.error;
    }
    if (effects.transaction === 'ends') {
      this.#inTransaction = false;
    }
    return { statementId: under.submitted.statementId, hasResultSet: end.hasResultSet };
  }

  async #submit(job: StatementJob): Promise<SubmittedUnderLease> {
    const need = { use: 'session', retireAfter: false, forMs: job.timeoutMs } as const;
    const held = this.#held;
    if (this.#isLost) {
      throw new SessionLost('Expected the session of the earlier statements, but it is gone.');
    }
    if (held === null) {
      return submitSafely(this.#context, this.#pool, need, job);
    }
    try {
      return { held, submitted: await this.#submitWithin(held, job) };
    } catch (error) {
      // Nothing ran, and the session is as it was.
      if (error instanceof BadRequest || error instanceof PoolExhausted || error instanceof SessionLost) {
        throw error;
      }
      this.#lose();
      if (!(error instanceof SessionUnavailable)) {
        await settleLease(this.#context, this.#pool, held, 'unknown-state');
        throw error;
      }
      if ((await verifySession(this.#context, held.record)) === 'idle') {
        await settleLease(this.#context, this.#pool, held, 'unknown-state');
      }
      this.#pool.line.wakeFirst();
      throw new SessionLost('Expected the session of the earlier statements, but the service refused it.', {
        cause: error,
      });
    }
  }

  /** Where the service was only too busy to take it, it is sent once more: the session is this caller's own meanwhile. */
  async #submitWithin(held: HeldLease, job: StatementJob): Promise<Submitted> {
    try {
      return await this.#submitRenewed(held, job);
    } catch (error) {
      if (!(error instanceof SubmitRefused)) {
        throw error;
      }
    }
    await busyPause(this.#context);
    try {
      return await this.#submitRenewed(held, job);
    } catch (error) {
      throw error instanceof SubmitRefused
        ? new PoolExhausted('Two submissions within a session were refused in a row.', { cause: error })
        : error;
    }
  }

  async #submitRenewed(held: HeldLease, job: StatementJob): Promise<Submitted> {
    const need = { use: 'session', retireAfter: false, forMs: job.timeoutMs } as const;
    const left = Date.parse(held.record.lease?.until ?? '') - this.#context.clock.now().getTime();
    if (left <= LEAST_LEASE_MS && !(await renewHeld(this.#context, held, need))) {
      this.#lose();
      throw new SessionLost('Expected to keep the session between two statements, but its lease was over.');
    }
    return submitOnLease(this.#context, held, job);
  }

  async #rollBack(): Promise<void> {
    try {
      await this.#run({ sql: 'ROLLBACK', parameters: {}, timeoutMs: ROLLBACK_TIMEOUT_MS, withEvent: false });
    } catch (error) {
      // The session is retired for it, which rolls back too; where it is lost it has done so already.
      this.#leavesTraces = true;
      if (!(error instanceof Error)) {
        throw error;
      }
    }
  }

  #lose(): void {
    this.#held = null;
    this.#isLost = true;
  }
}
