import type { RedshiftServer } from '../redshift/redshift-server.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import { type Backend, openBackend } from './backend.ts';
import type { ClockAlarms } from './clock-alarms.ts';
import { connectionErrorText, databaseErrorText } from './database-error-text.ts';
import type { StatementFault } from './fault-switches.ts';
import type { PartRunner } from './part-runner.ts';
import type { Session } from './session.ts';
import type { SessionKeeper } from './session-keeper.ts';
import type { Statement, StatementStatus } from './statement.ts';
import { StatementAborted, StatementFailed } from './statement-end.ts';

/** Milliseconds of the cloud's clock that things take on top of the real work. */
export interface Latencies {
  /** Before a call is served; asked at each call. */
  readonly call?: () => number;
  /** To open a backend; asked at each opening. */
  readonly connection?: () => number;
  /** How long a statement stays in a status. */
  readonly SUBMITTED?: number;
  readonly PICKED?: number;
  readonly STARTED?: number;
}

/** What a {@link StatementRunner} needs. */
export interface StatementRunnerDependencies {
  readonly redshift: RedshiftServer;
  readonly clock: VirtualClock;
  readonly alarms: ClockAlarms;
  readonly sessions: SessionKeeper;
  readonly parts: PartRunner;
  readonly latencies: Latencies;
  /** Told of each backend that was opened. */
  readonly onOpened: () => void;
  /** Told after a statement has ended. */
  readonly onEnded: (statement: Statement) => Promise<void>;
  /** Told about what goes wrong where no caller waits. */
  readonly onError: (error: unknown) => void;
}

/** Real milliseconds after which a cancel request is repeated: one that arrives between two parts is lost. */
const CANCEL_AGAIN_MS = 50;

const NO_LIMITS = { resultBytes: Number.POSITIVE_INFINITY, rowBytes: Number.POSITIVE_INFINITY };

/** Takes statements from SUBMITTED to their end. */
export class StatementRunner {
  readonly #deps: StatementRunnerDependencies;
  readonly #tasks = new Set<Promise<void>>();
  /** Backends that run a statement's SQL at this moment: the only ones that may be sent a cancel request. */
  readonly #running = new Map<Statement, Backend>();
  /** Why a statement was interrupted by other than its owner. */
  readonly #reasons = new Map<Statement, string>();

  constructor(deps: StatementRunnerDependencies) {
    this.#deps = deps;
  }

  /** Starts a statement and returns at once. */
  start(statement: Statement, session: Session | undefined, fault: StatementFault): void {
    this.#track(this.#run(statement, session, fault));
  }

  /**
   * Interrupts a statement: it becomes ABORTED, or FAILED with the reason where one is given.
   *
   * @returns at once; the statement ends when the server has ended the query
   */
  interrupt(statement: Statement, reason?: string): void {
    if (statement.interruption.signal.aborted) return;
    if (reason !== undefined) this.#reasons.set(statement, reason);
    statement.interruption.abort();
    this.#track(this.#cancelUntilEnded(statement));
  }

  /** Resolves when every statement that was started has ended. */
  async settled(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  #track(work: Promise<void>): void {
    const task = work.catch(this.#deps.onError).finally(() => this.#tasks.delete(task));
    this.#tasks.add(task);
  }

  async #run(statement: Statement, session: Session | undefined, fault: StatementFault): Promise<void> {
    const { sessions, clock } = this.#deps;
    let backend: Backend | undefined;
    let status: StatementStatus;
    try {
      await this.#stay(statement, 'SUBMITTED', fault);
      await this.#stay(statement, 'PICKED', fault);
      backend = session?.backend ?? (await this.#connect(statement, session));
      statement.pid = backend.pid;
      await this.#stay(statement, 'STARTED', fault);
      if (fault.fail !== undefined) throw new StatementFailed(fault.fail);
      if (fault.abort) throw new StatementAborted();
      if (fault.killBackend) await this.#kill(backend);
      if (fault.crashServer) await this.#crashUnder(backend);
      this.#running.set(statement, backend);
      await this.#deps.parts.run(statement, backend);
      status = 'FINISHED';
    } catch (error) {
      status = this.#endOf(statement, error);
    }
    this.#running.delete(statement);
    this.#reasons.delete(statement);
    await backend?.settled();
    // The session is free, or the slot given back, before anyone can see the end: who polls for it may go on at once.
    if (session === undefined) await backend?.close();
    else if (fault.closeSession) await sessions.close(session);
    else await sessions.release(session);
    statement.moveTo(status, clock.now());
    await this.#deps.onEnded(statement);
  }

  /** Enters a status and stays there as long as latencies and faults say, or until an interruption. */
  async #stay(statement: Statement, status: 'SUBMITTED' | 'PICKED' | 'STARTED', fault: StatementFault): Promise<void> {
    const { signal } = statement.interruption;
    if (statement.status !== status) statement.moveTo(status, this.#deps.clock.now());
    const latency = this.#deps.latencies[status] ?? 0;
    if (fault.stayIn === status) await this.#deps.alarms.after(Number.POSITIVE_INFINITY, signal);
    else if (latency > 0) await this.#deps.alarms.after(latency, signal);
    if (signal.aborted) throw new StatementAborted();
  }

  async #connect(statement: Statement, session: Session | undefined): Promise<Backend> {
    const { alarms, latencies, redshift, onOpened } = this.#deps;
    const { signal } = statement.interruption;
    const latency = latencies.connection?.() ?? 0;
    if (latency > 0) await alarms.after(latency, signal);
    if (signal.aborted) throw new StatementAborted();
    let backend: Backend;
    try {
      backend = await openBackend(redshift, statement.request.target);
    } catch (error) {
      throw new StatementFailed(connectionErrorText(error), { cause: error });
    }
    onOpened();
    if (session !== undefined) this.#deps.sessions.attach(session, backend);
    return backend;
  }

  /** Has the server end a backend, as an administrator's command does, under the statement that runs there. */
  async #kill(backend: Backend): Promise<void> {
    await backend.run('select pg_terminate_backend(pg_backend_pid()), pg_sleep(60)', [], NO_LIMITS);
  }

  /** Lets the server crash while a statement runs on the backend. */
  async #crashUnder(backend: Backend): Promise<void> {
    const statement = backend.run('select pg_sleep(60)', [], NO_LIMITS);
    // The statement's end is looked at only after the server is back: until then it is nobody's unhandled rejection.
    statement.catch(() => undefined);
    await this.#deps.redshift.crash();
    await statement;
  }

  /** Settles how a statement ended that did not finish, and what its unrun parts say. */
  #endOf(statement: Statement, error: unknown): StatementStatus {
    const reason = this.#reasons.get(statement);
    const aborted = error instanceof StatementAborted && reason === undefined;
    const status = aborted ? 'ABORTED' : 'FAILED';
    if (!aborted) statement.error = reason ?? databaseErrorText(error);
    const now = this.#deps.clock.now();
    for (const part of statement.parts) {
      if (part.status !== 'SUBMITTED') continue;
      // A statement of one part shares its fate; what a batch never got to is ABORTED (guess).
      part.status = statement.isBatch ? 'ABORTED' : status;
      part.updatedAt = now;
    }
    return status;
  }

  async #cancelUntilEnded(statement: Statement): Promise<void> {
    for (let backend = this.#running.get(statement); backend !== undefined; backend = this.#running.get(statement)) {
      await backend.cancel();
      await Promise.race([statement.ended, delay(CANCEL_AGAIN_MS)]);
    }
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
