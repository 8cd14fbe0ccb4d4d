import pg from 'pg';
import type { VirtualClock } from '../virtual-clock.ts';
import type { Backend, ResultLimits } from './backend.ts';
import { databaseErrorText } from './database-error-text.ts';
import type { Statement, StatementPart } from './statement.ts';
import { StatementAborted, StatementFailed } from './statement-end.ts';

/** SQLSTATE `query_canceled`. */
const QUERY_CANCELED = '57014';

/** What a {@link PartRunner} needs. */
export interface PartRunnerDependencies {
  readonly clock: VirtualClock;
  readonly limits: ResultLimits;
  /** Turns Redshift's SQL into PostgreSQL's. */
  readonly rewriteSql: (sql: string) => string;
}

/** Runs the SQL of a statement on its backend: one text, or a batch as one transaction or each for itself. */
export class PartRunner {
  readonly #deps: PartRunnerDependencies;
  #queryId = 0;

  constructor(deps: PartRunnerDependencies) {
    this.#deps = deps;
  }

  /**
   * @throws {StatementFailed} with the text for `DescribeStatement.Error`
   * @throws {StatementAborted} when the statement was interrupted
   */
  async run(statement: Statement, backend: Backend): Promise<void> {
    switch (statement.request.mode) {
      case undefined:
        for (const part of statement.parts) await this.#runPart(statement, part, backend);
        return;
      case 'TRANSACTION':
        return this.#runAsTransaction(statement, backend);
      case 'AUTO_COMMIT':
        return this.#runEachForItself(statement, backend);
    }
  }

  async #runAsTransaction(statement: Statement, backend: Backend): Promise<void> {
    const { limits } = this.#deps;
    await backend.run('BEGIN', [], limits);
    try {
      for (const [index, part] of statement.parts.entries()) {
        await this.#runPart(statement, part, backend).catch((error: unknown) => {
          throw numbered(error, index);
        });
      }
    } catch (error) {
      // A lost backend took its transaction with it.
      if (!backend.isLost) await backend.run('ROLLBACK', [], limits);
      throw error;
    }
    await backend.run('COMMIT', [], limits);
  }

  /** "A failure of one statement does not affect the others" (API reference, `ExecutionMode`). */
  async #runEachForItself(statement: Statement, backend: Backend): Promise<void> {
    let firstFailure: unknown;
    for (const [index, part] of statement.parts.entries()) {
      try {
        await this.#runPart(statement, part, backend);
      } catch (error) {
        if (error instanceof StatementAborted) throw error;
        firstFailure ??= numbered(error, index);
      }
    }
    if (firstFailure !== undefined) throw firstFailure;
  }

  async #runPart(statement: Statement, part: StatementPart, backend: Backend): Promise<void> {
    const { clock, limits, rewriteSql } = this.#deps;
    const { signal } = statement.interruption;
    if (signal.aborted) throw new StatementAborted();
    const startedAt = { real: performance.now(), offset: clock.offsetMs };
    const enter = (status: StatementPart['status']) => {
      part.status = status;
      part.updatedAt = clock.now();
    };
    enter('STARTED');
    if (statement.isBatch) part.createdAt = clock.now();
    this.#queryId += 1;
    part.queryId = this.#queryId;
    try {
      part.outcome = await backend.run(rewriteSql(part.bound.text), part.bound.values, limits);
      enter('FINISHED');
    } catch (error) {
      if (signal.aborted && error instanceof pg.DatabaseError && error.code === QUERY_CANCELED) {
        enter('ABORTED');
        throw new StatementAborted({ cause: error });
      }
      part.error = databaseErrorText(error);
      enter('FAILED');
      throw new StatementFailed(part.error, { cause: error });
    } finally {
      const elapsedMs = performance.now() - startedAt.real + clock.offsetMs - startedAt.offset;
      part.durationNs = Math.round(elapsedMs * 1e6);
    }
  }
}

/** The parent of a batch says which of its statements failed. The wording is a guess. */
function numbered(error: unknown, index: number): unknown {
  if (!(error instanceof StatementFailed)) return error;
  return new StatementFailed(`Query #${index + 1} failed with ${error.message}`, { cause: error });
}
