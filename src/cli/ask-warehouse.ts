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
  readonly now: () => Date;
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

/** Milliseconds until a statement is given up. */
const PATIENCE = 60_000;

/** How long one look waits for the end: a call for every ten seconds, and the connection is not silent for longer. */
const WAIT_SECONDS = 10;

/** Milliseconds between looks, for a service that answered before the end: a minute in all if it always does at once. */
const REST = [50, 100, 150, 250, 400, 500, 750, ...Array<number>(58).fill(1000)];

/**
 * Submits a statement and waits for its end, whatever that is. The Data API answers at its end
 * (AWS page data-api-calling-considerations-long-polling), so that most questions take one look.
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
  const end = world.now().getTime() + PATIENCE;
  for (const rest of REST) {
    const left = Math.ceil((end - world.now().getTime()) / 1000);
    if (left <= 0) {
      break;
    }
    const description = await world.warehouse.describe(statementId, { waitSeconds: Math.min(WAIT_SECONDS, left) });
    if (description.status === 'FINISHED' || description.status === 'FAILED' || description.status === 'ABORTED') {
      return description;
    }
    await world.sleep(rest);
  }
  await world.warehouse.cancel(statementId);
  throw new SessionQueryFailed(
    `Expected the ${question.name} on target ${target} to end within a minute; it did not and was cancelled. ` +
      'The cluster may be paused, resizing or overloaded; try again.',
  );
}
