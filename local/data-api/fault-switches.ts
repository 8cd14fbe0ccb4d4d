import type { DataApiOperation } from './data-api-operation.ts';

/** What goes wrong with one call. */
export interface Fault {
  /** Only calls of this access key meet it. @default everybody's */
  readonly caller?: string;
  /** Refuses the call with this error before it does anything. */
  readonly error?: { readonly type: string; readonly message: string; readonly status?: number };
  /** Milliseconds of the cloud's clock before the call is served. */
  readonly delayMs?: number;
  /** Serves the call, then drops the connection without an answer. */
  readonly loseAnswer?: true;
  /** The submitted statement never leaves this status until it is cancelled. Its SQL does not run. */
  readonly stayIn?: 'SUBMITTED' | 'PICKED' | 'STARTED';
  /** The submitted statement becomes FAILED with this text. Its SQL does not run. */
  readonly fail?: string;
  /** The submitted statement becomes ABORTED. Its SQL does not run. */
  readonly abort?: true;
}

/** The part of a fault that concerns the statement, not the call. */
export type StatementFault = Pick<Fault, 'stayIn' | 'fail' | 'abort'>;

/** Queues of faults, one per operation; each call takes at most one. */
export class FaultSwitches {
  readonly #queues = new Map<DataApiOperation, Fault[]>();

  /**
   * Lets the next call of an operation meet a fault. Called n times, the next n calls meet them in order.
   *
   * @throws {TypeError} for a statement's fault on an operation that submits none
   */
  next(operation: DataApiOperation, fault: Fault): void {
    const concernsStatement = fault.stayIn !== undefined || fault.fail !== undefined || fault.abort !== undefined;
    if (concernsStatement && operation !== 'ExecuteStatement' && operation !== 'BatchExecuteStatement') {
      throw new TypeError(
        `Expected stayIn, fail or abort on ExecuteStatement or BatchExecuteStatement, got them on ${operation}, which submits no statement.`,
      );
    }
    const queue = this.#queues.get(operation);
    if (queue === undefined) this.#queues.set(operation, [fault]);
    else queue.push(fault);
  }

  /** Takes the fault that the current call must meet, if any. */
  take(operation: DataApiOperation, accessKeyId: string): Fault | undefined {
    const queue = this.#queues.get(operation) ?? [];
    const index = queue.findIndex(({ caller }) => caller === undefined || caller === accessKeyId);
    return index < 0 ? undefined : queue.splice(index, 1)[0];
  }

  /** Forgets every fault that no call has met yet. */
  clear(): void {
    this.#queues.clear();
  }
}
