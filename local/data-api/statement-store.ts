import type { VirtualClock } from '../virtual-clock.ts';
import { queryDoesNotExist } from './data-api-error.ts';
import { isTerminal, type Statement } from './statement.ts';

/** How long a statement and its result are kept after its end: 24 h (mgmt/data-api, quotas). */
export const RETENTION_MS = 24 * 3_600_000;

/** How often those whose time is over are let go; nobody is shown them anyway. */
const TIDY_EVERY_MS = 60_000;

/** A statement with its place in the order of submission. */
export interface StoredStatement {
  readonly sequence: number;
  readonly statement: Statement;
}

/** The statements that are still known, by id. */
export class StatementStore {
  readonly #clock: VirtualClock;
  readonly #byId = new Map<string, StoredStatement>();
  /** Those that had not ended when they were last looked at. */
  readonly #running = new Set<Statement>();
  #tidiedAt = 0;
  #sequence = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Keeps a new statement, and now and then lets go of those whose time is over. */
  add(statement: Statement): void {
    this.#tidy();
    this.#sequence += 1;
    this.#byId.set(statement.id, { sequence: this.#sequence, statement });
    this.#running.add(statement);
  }

  /**
   * @param id a statement's id, without the suffix of a sub-statement
   * @throws {DataApiError} `Query does not exist.` for an id that is unknown, expired or of another identity
   */
  get(id: string, owner: string): Statement {
    const statement = this.#byId.get(id)?.statement;
    if (statement === undefined || statement.request.owner !== owner || this.#isOver(statement)) {
      throw queryDoesNotExist(id);
    }
    return statement;
  }

  /** An owner's statements, newest first. */
  list(owner: string): StoredStatement[] {
    return [...this.#byId.values()]
      .filter(({ statement }) => statement.request.owner === owner && !this.#isOver(statement))
      .reverse();
  }

  /** Statements that have not ended, of all owners: what the quota of active statements counts. */
  active(): Statement[] {
    for (const statement of this.#running) if (isTerminal(statement.status)) this.#running.delete(statement);
    return [...this.#running];
  }

  #tidy(): void {
    const now = this.#clock.now().getTime();
    if (now < this.#tidiedAt + TIDY_EVERY_MS) return;
    this.#tidiedAt = now;
    for (const [id, { statement }] of this.#byId) if (this.#isOver(statement)) this.#byId.delete(id);
  }

  #isOver({ endedAt }: Statement): boolean {
    return endedAt !== undefined && this.#clock.now().getTime() >= endedAt.getTime() + RETENTION_MS;
  }
}
