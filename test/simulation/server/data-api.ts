import { REDSHIFT_SESSION_SQL } from '../../../src/backends/redshift-session-sql.ts';
import { SessionUnavailable } from '../../../src/warehouse/session-unavailable.ts';
import { StatementUnknown } from '../../../src/warehouse/statement-unknown.ts';
import type { Row } from '../../../src/warehouse/warehouse.ts';
import { uuid } from '../../pool/simulated-statement.ts';
import { sessionRow, signalledRow } from '../../support/simulated-backend.ts';
import type { ApiSession, ApiStatement, Submitting } from './api-statement.ts';
import type { Cluster, ClusterBackend } from './cluster.ts';
import { terminationGuard } from './termination-guard.ts';

const DAY_MS = 24 * 3_600_000;
const DENIED = 'ERROR: permission denied to terminate process';
const KILLED = 'FATAL: terminating connection due to administrator command';

/** The server takes no further session now. */
export class NoRoom extends Error {}

/** How statements of the reaper misbehave, from 0 to 1. */
export interface StatementRates {
  readonly failed: number;
  readonly aborted: number;
  readonly stuck: number;
}

/**
 * The Data API over the cluster: a backend per session, one statement at a time, ClientTokens, keep-alive, 24 h, and
 * the refusal that does not say whether a session is busy or dead.
 */
export class DataApi {
  readonly cluster: Cluster;
  rates: StatementRates;
  readonly sessions = new Map<string, ApiSession>();
  readonly statements = new Map<string, ApiStatement>();
  /** Told before a signal goes out. */
  onSignal: (backend: ClusterBackend, statement: ApiStatement) => void = () => undefined;
  onSubmit: (statement: ApiStatement) => void = () => undefined;
  onEnd: (statement: ApiStatement) => void = () => undefined;
  readonly #tokens = new Map<string, ApiStatement>();
  #sequence = 0;

  constructor(cluster: Cluster, rates: StatementRates) {
    this.cluster = cluster;
    this.rates = rates;
  }

  submit({ sql, parameters, clientToken, name, withEvent, submitter, place }: Submitting): ApiStatement {
    const known = this.#tokens.get(clientToken);
    if (known !== undefined) {
      return known;
    }
    const session = place.kind === 'new' ? this.#open(place, name) : this.#reuse(place);
    this.#sequence += 1;
    const kind =
      sql === REDSHIFT_SESSION_SQL ? 'look' : sql.includes('pg_terminate_backend') ? 'termination' : 'tenant';
    const id = uuid(this.#sequence);
    const state = { status: 'SUBMITTED' as const, error: null, rows: [], endedAt: null, heldForMs: null, waiters: [] };
    const statement: ApiStatement = { id, kind, name, withEvent, submitter, sql, parameters, session, ...state };
    session.statement = statement;
    this.statements.set(id, statement);
    this.#tokens.set(clientToken, statement);
    this.onSubmit(statement);
    this.#plan(statement);
    return statement;
  }

  statement(id: string): ApiStatement {
    const statement = this.statements.get(id);
    if (statement === undefined) {
      throw new StatementUnknown(id);
    }
    return statement;
  }

  /** Resolves when it has ended, or after so many seconds. */
  async wait(statement: ApiStatement, seconds: number | null): Promise<void> {
    if (seconds !== null && statement.endedAt === null) {
      await new Promise<void>((resolve) => {
        statement.waiters.push(resolve);
        this.cluster.scheduler.after(seconds * 1000, '', resolve);
      });
    }
  }

  end(
    statement: ApiStatement,
    status: 'FINISHED' | 'FAILED' | 'ABORTED',
    error: string | null,
    rows: readonly Row[] = [],
  ): void {
    if (statement.endedAt !== null) {
      return;
    }
    const { session } = statement;
    const { scheduler } = this.cluster;
    Object.assign(statement, { status, error, rows, endedAt: scheduler.now });
    scheduler.note(
      `server: ${statement.kind} ${statement.id.slice(-4)} ${statement.name} ${status} on ${session.backend.pid}`,
    );
    session.statement = null;
    session.idleSince = scheduler.now;
    if (statement.sql === 'begin' && status === 'FINISHED') {
      session.transaction = statement.name;
    } else if (status === 'FINISHED' && (statement.sql === 'commit' || statement.sql === 'ROLLBACK')) {
      session.transaction = null;
    }
    if (session.backend.alive) {
      this.cluster.finish(session.backend);
      this.#expireLater(session);
    }
    for (const wake of statement.waiters.splice(0)) {
      wake();
    }
    this.onEnd(statement);
  }

  /** Its backend is no more, whoever ended it. */
  lose(backend: ClusterBackend): void {
    const session = backend.session === null ? undefined : this.sessions.get(backend.session);
    if (session?.statement != null) {
      this.end(session.statement, 'FAILED', KILLED);
    }
  }

  #open(place: Extract<Submitting['place'], { kind: 'new' }>, opener: string): ApiSession {
    this.#sequence += 1;
    const id = uuid(this.#sequence);
    const application = 'Redshift Data API';
    const backend = this.cluster.open({ kind: place.backendKind, user: place.dbUser, application, session: id });
    if (backend === null) {
      throw new NoRoom();
    }
    const { now } = this.cluster.scheduler;
    const keepAliveMs = place.keepAliveSeconds * 1000;
    const session: ApiSession = {
      id,
      backend,
      createdAt: now,
      opener,
      keepAliveMs,
      idleSince: now,
      statement: null,
      transaction: null,
    };
    this.sessions.set(id, session);
    this.cluster.scheduler.after(DAY_MS, '', () => this.cluster.end(backend, 'closed'));
    return session;
  }

  #reuse(place: Extract<Submitting['place'], { kind: 'reuse' }>): ApiSession {
    const session = this.sessions.get(place.sessionId);
    if (session === undefined || !session.backend.alive || session.statement !== null) {
      throw new SessionUnavailable();
    }
    if (place.keepAliveSeconds !== undefined) {
      session.keepAliveMs = place.keepAliveSeconds * 1000;
    }
    return session;
  }

  #expireLater(session: ApiSession): void {
    const { idleSince } = session;
    this.cluster.scheduler.after(session.keepAliveMs, '', () => {
      if (session.statement === null && session.idleSince === idleSince) {
        this.cluster.end(session.backend, 'closed');
      }
    });
  }

  #plan(statement: ApiStatement): void {
    const { scheduler } = this.cluster;
    const { random } = scheduler;
    if (statement.kind === 'tenant') {
      const { ms = 0, fail = null }: { ms?: number; fail?: string | null } = statement.sql.startsWith('{')
        ? JSON.parse(statement.sql)
        : {};
      this.#start(statement);
      scheduler.after(ms, '', () => this.end(statement, fail === null ? 'FINISHED' : 'FAILED', fail));
      return;
    }
    const drawn = random.next();
    const { failed, aborted, stuck } = this.rates;
    const isStuck = drawn >= failed + aborted && drawn < failed + aborted + stuck;
    const usual = isStuck ? random.between(20_000, 300_000) : random.between(5, 1_200);
    scheduler.after(statement.heldForMs ?? usual, '', () => {
      if (statement.endedAt !== null) {
        return;
      }
      this.#start(statement);
      if (drawn < failed + aborted) {
        if (statement.kind === 'termination' && random.chance(0.5)) {
          // Whom it has signalled by then is signalled.
          this.#execute(statement, random.between(0, 3));
        }
        this.end(statement, drawn < failed ? 'FAILED' : 'ABORTED', drawn < failed ? 'ERROR: out of memory' : null);
      } else {
        // The guard sees its moment; the answer takes a little longer.
        const done = this.#execute(statement);
        scheduler.after(random.between(1, 400), '', () => this.end(statement, ...done));
      }
    });
  }

  #start(statement: ApiStatement): void {
    statement.status = 'STARTED';
    this.cluster.begin(statement.session.backend);
  }

  /** @param most signals that it gets to */
  #execute(
    statement: ApiStatement,
    most = Number.POSITIVE_INFINITY,
  ): ['FINISHED' | 'FAILED', string | null, readonly Row[]] {
    const { backends, seesEveryone } = this.cluster;
    const ownPid = statement.session.backend.pid;
    if (statement.kind === 'look') {
      const asker = { ownPid, seesEveryone, now: this.cluster.now() };
      const visible = [...backends.values()].filter(
        (one) => seesEveryone || one.user === statement.session.backend.user,
      );
      return [
        'FINISHED',
        null,
        visible.map((one) => ({ ...sessionRow(one, asker), is_bootstrap: one.kind === 'system' ? 1 : 0 })),
      ];
    }
    const isMeant = terminationGuard(statement.sql, statement.parameters);
    const rows: Row[] = [];
    for (const backend of [...backends.values()]) {
      if (rows.length < most && isMeant(backend, ownPid)) {
        if (backend.denied) {
          return ['FAILED', DENIED, []];
        }
        this.onSignal(backend, statement);
        rows.push(signalledRow(backend));
        this.cluster.signal(backend);
      }
    }
    return ['FINISHED', null, rows];
  }
}
