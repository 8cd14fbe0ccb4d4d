import { SubmitRefused } from '../../src/pool/errors/submit-refused.ts';
import type {
  PoolStatement,
  PoolWarehouse,
  ResultValue,
  ServerSession,
  Submission,
} from '../../src/pool/pool-warehouse.ts';
import { parseStatementName } from '../../src/pool/statement-name.ts';
import { DataApiFailed } from '../../src/warehouse/data-api-failed.ts';
import { SessionUnavailable } from '../../src/warehouse/session-unavailable.ts';
import { StatementUnknown } from '../../src/warehouse/statement-unknown.ts';
import type { StatementStatus } from '../../src/warehouse/warehouse.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import {
  isEnd,
  pidOf,
  type SimulatedSession,
  type SimulatedSql,
  type SimulatedStatement,
  uuid,
} from './simulated-statement.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * The Data API's sessions on a simulated clock: busy and dead ones are refused alike, keep-alive counts from a
 * statement's end, 24 h are the end of all. It looks over the pools' shoulders and notes what must never happen.
 */
export class SimulatedDataApi {
  readonly #clock: SimulatedClock;
  readonly #sessions = new Map<string, SimulatedSession>();
  readonly #statements = new Map<string, SimulatedStatement>();
  readonly #tokens = new Map<string, SimulatedStatement>();
  readonly #faults: ('refuse' | 'lose-answer')[] = [];
  #sequence = 0;
  /** Broken promises, in words. */
  readonly violations: string[] = [];
  /** Calls by operation. */
  readonly calls: Record<string, number> = {};
  /** Whether DescribeStatement names database and user of a statement that was submitted with no more than a SessionId. */
  describesUsersOfReused = true;
  /** Most sessions at one time, by database user and in all. */
  readonly most: Record<string, number> = {};

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
  }

  /** The next submission meets this: refused by throttling, or taken while its answer is lost. */
  failNextSubmit(fault: 'refuse' | 'lose-answer'): void {
    this.#faults.push(fault);
  }

  /** Ends the backend of some live session; answers whether there was one. */
  kill(pick: number): boolean {
    const live = this.#live();
    const session = live[pick % Math.max(1, live.length)];
    if (session === undefined) {
      return false;
    }
    if (session.statement !== null) {
      this.#end(session.statement, 'FAILED', 'terminating connection due to administrator command');
    }
    session.killed = true;
    return true;
  }

  /** How often SQL with this value ran. */
  runsOf(value: ResultValue): number {
    return [...this.#statements.values()].filter(({ sql }) => sql.value === value).length;
  }

  /** The session on which SQL with this value ran. */
  sessionOf(value: ResultValue): string | null {
    return [...this.#statements.values()].find(({ sql }) => sql.value === value)?.session.id ?? null;
  }

  /** Idle sessions of a user, and until when they are. */
  idleOf(dbUser: string): { readonly id: string; readonly until: number }[] {
    return this.#live()
      .filter((session) => session.dbUser === dbUser && session.statement === null)
      .map(({ id, idleSince, aliveMs }) => ({ id, until: idleSince + aliveMs }));
  }

  liveOf(dbUser: string): number {
    return this.#live().filter((session) => session.dbUser === dbUser).length;
  }

  /** What was submitted and taken, oldest first. */
  submissions(): PoolStatement[] {
    return [...this.#statements.values()].map(({ submitted }) => submitted);
  }

  /** Ended statements that asked for an event, oldest first. */
  events() {
    this.#pass();
    return [...this.#statements.values()].flatMap(({ id, submitted, ended }) =>
      submitted.withEvent && ended !== null && isEnd(ended.status)
        ? [
            {
              statementId: id,
              statementName: submitted.name,
              state: ended.status,
              at: new Date(ended.at).toISOString(),
            },
          ]
        : [],
    );
  }

  warehouse(): PoolWarehouse {
    return {
      submit: (statement) => this.#submit(statement),
      describe: async (statementId, waitSeconds) => {
        this.#count('DescribeStatement');
        const statement = await this.#wait(statementId, waitSeconds);
        const isNamed = this.describesUsersOfReused || statement.submitted.place.kind === 'new';
        return {
          statementId,
          status: statement.ended?.status ?? 'STARTED',
          error: statement.ended?.error ?? null,
          pid: statement.pid,
          sessionId: statement.session.id,
          hasResultSet: statement.sql.value !== undefined,
          database: isNamed ? 'dev' : null,
          dbUser: isNamed ? statement.session.dbUser : null,
        };
      },
      fetchPage: async (statementId) => {
        this.#count('GetStatementResult');
        const { sql } = await this.#wait(statementId, null);
        return { columns: [{ name: 'value', type: 'varchar' }], rows: [[sql.value ?? null]], nextToken: null };
      },
      cancel: async (statementId) => {
        this.#count('CancelStatement');
        this.#end(await this.#wait(statementId, null), 'ABORTED', null);
      },
      findSession: async (sessionId) => {
        this.#count('ListSessions');
        this.#pass();
        const session = this.#sessions.get(sessionId);
        return session === undefined ? null : this.#describe(session);
      },
      findStatements: async (prefix) => {
        this.#count('ListStatements');
        return [...this.#statements.values()]
          .filter(({ submitted }) => submitted.name.startsWith(prefix))
          .map(({ id, session }) => ({ statementId: id, sessionId: session.id }));
      },
      listSessions: async () => this.#live().map((session) => this.#describe(session)),
    };
  }

  async #submit(statement: PoolStatement): Promise<Submission> {
    this.#count('ExecuteStatement');
    this.#pass();
    const fault = this.#faults.shift();
    if (fault === 'refuse') {
      throw new SubmitRefused('throttled', 'analytics');
    }
    if (this.#clock.now() > statement.notAfter) {
      throw new SubmitRefused('lease-over', 'analytics');
    }
    const begun = this.#tokens.get(statement.clientToken) ?? this.#begin(statement);
    this.#tokens.set(statement.clientToken, begun);
    if (fault === 'lose-answer') {
      const about = { operation: 'ExecuteStatement', target: 'analytics', reason: 'TimeoutError' };
      throw new DataApiFailed(about, 'no answer came.');
    }
    const { session } = await this.#wait(begun.id, statement.waitSeconds);
    return {
      statementId: begun.id,
      sessionId: session.id,
      status: statement.waitSeconds === null ? null : (begun.ended?.status ?? 'STARTED'),
      pid: begun.pid,
      hasResultSet: statement.waitSeconds === null ? null : begun.sql.value !== undefined,
    };
  }

  #begin(submitted: PoolStatement): SimulatedStatement {
    const session = this.#place(submitted);
    const tenant = parseStatementName(submitted.name)?.tenant;
    if (session.dbUser !== `tenant_${tenant}`) {
      this.violations.push(`a statement of ${tenant} ran on a session of ${session.dbUser}`);
    }
    if (submitted.place.kind === 'reuse' && submitted.place.keepAliveSeconds !== undefined) {
      session.aliveMs = submitted.place.keepAliveSeconds * 1_000;
    }
    this.#sequence += 1;
    const sql: SimulatedSql = submitted.sql.startsWith('{') ? JSON.parse(submitted.sql) : {};
    const id = uuid(this.#sequence);
    const endsAt = this.#clock.now().getTime() + (sql.ms ?? 0);
    const statement: SimulatedStatement = { id, submitted, session, pid: pidOf(session), sql, endsAt, ended: null };
    session.statement = statement;
    this.#statements.set(id, statement);
    this.#pass();
    return statement;
  }

  #place({ place }: PoolStatement): SimulatedSession {
    if (place.kind === 'reuse') {
      const session = this.#sessions.get(place.sessionId);
      if (session === undefined || this.#isClosed(session) || session.statement !== null) {
        throw new SessionUnavailable();
      }
      return session;
    }
    this.#sequence += 1;
    const now = this.#clock.now().getTime();
    const session: SimulatedSession = {
      id: uuid(this.#sequence),
      dbUser: place.dbUser,
      createdAt: now,
      aliveMs: place.keepAliveSeconds * 1_000,
      statement: null,
      idleSince: now,
      killed: false,
    };
    this.#sessions.set(session.id, session);
    for (const [name, count] of [
      [place.dbUser, this.liveOf(place.dbUser)],
      ['all', this.#live().length],
    ] as const) {
      this.most[name] = Math.max(this.most[name] ?? 0, count);
    }
    return session;
  }

  async #wait(statementId: string, seconds: number | null): Promise<SimulatedStatement> {
    const statement = this.#statements.get(statementId);
    if (statement === undefined) {
      throw new StatementUnknown(statementId);
    }
    if (seconds !== null && statement.ended === null) {
      const left = statement.endsAt - this.#clock.now().getTime();
      await this.#clock.sleep(Math.min(left, seconds * 1_000));
    }
    this.#pass();
    return statement;
  }

  /** Ends what has reached its end by now. */
  #pass(): void {
    const now = this.#clock.now().getTime();
    for (const { statement, createdAt } of this.#sessions.values()) {
      if (statement !== null && createdAt + DAY_MS <= Math.min(now, statement.endsAt)) {
        this.#end(statement, 'FAILED', 'The session was closed 24 hours after its creation.');
      } else if (statement !== null && statement.endsAt <= now) {
        const error = statement.sql.fail ?? null;
        this.#end(statement, error === null ? 'FINISHED' : 'FAILED', error);
      }
    }
  }

  #end(statement: SimulatedStatement, status: StatementStatus, error: string | null): void {
    if (statement.ended === null) {
      const at = Math.min(this.#clock.now().getTime(), statement.endsAt);
      statement.ended = { at, status, error };
      statement.session.idleSince = at;
      statement.session.statement = null;
    }
  }

  #isClosed({ createdAt, killed, statement, idleSince, aliveMs }: SimulatedSession): boolean {
    const now = this.#clock.now().getTime();
    return killed || now >= createdAt + DAY_MS || (statement === null && now >= idleSince + aliveMs);
  }

  #live(): SimulatedSession[] {
    this.#pass();
    return [...this.#sessions.values()].filter((session) => !this.#isClosed(session));
  }

  #describe(session: SimulatedSession): ServerSession {
    return {
      sessionId: session.id,
      status: this.#isClosed(session) ? 'CLOSED' : session.statement === null ? 'AVAILABLE' : 'BUSY',
      createdAt: new Date(session.createdAt),
      database: 'dev',
      dbUser: session.dbUser,
      currentStatementId: session.statement?.id ?? null,
    };
  }

  #count(operation: string): void {
    this.calls[operation] = (this.calls[operation] ?? 0) + 1;
  }
}
