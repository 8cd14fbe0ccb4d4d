import { randomUUID } from 'node:crypto';
import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import type { SessionChoice, StatementDescription, Warehouse } from '../warehouse/warehouse.ts';

/** A look at the sessions did not come to an end in time, or the database refused it. */
export class SessionQueryFailed extends SlotkeeperError {
  constructor(message: string, options?: ErrorOptions) {
    super('SessionQueryFailed', message, options);
  }
}

/** What a question needs. */
export interface AskingWorld {
  readonly warehouse: Warehouse;
  /** Milliseconds. */
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** What is asked. */
export interface Question {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly session: SessionChoice;
  /** As messages name it, e.g. `session query`. */
  readonly name: string;
}

/** Milliseconds before each look at the statement; somebody is waiting at the keyboard. About a minute in all. */
const LOOKS = [50, 100, 150, 250, 400, 500, 750, ...Array<number>(58).fill(1000)];

/**
 * Submits a statement and waits for its end, whatever that is.
 *
 * @throws SessionQueryFailed when it has not ended within a minute; it was cancelled then
 */
export async function askWarehouse(
  world: AskingWorld,
  target: string,
  question: Question,
): Promise<StatementDescription> {
  const { statementId } = await world.warehouse.submit({
    sql: question.sql,
    parameters: question.parameters,
    session: question.session,
    clientToken: randomUUID(),
  });
  for (const wait of LOOKS) {
    await world.sleep(wait);
    const description = await world.warehouse.describe(statementId);
    if (description.status === 'FINISHED' || description.status === 'FAILED' || description.status === 'ABORTED') {
      return description;
    }
  }
  await world.warehouse.cancel(statementId);
  throw new SessionQueryFailed(
    `Expected the ${question.name} on target ${target} to end within a minute; it did not and was cancelled. ` +
      'The cluster may be paused, resizing or overloaded; try again.',
  );
}
