import type { DataApiOperation } from './data-api-operation.ts';

/** What goes wrong with one call. */
export interface Fault {
  /** Only calls of this access key meet it. @default everybody's */
  readonly caller?: string;
  /** Refuses the call with this error before it does anything. */
  readonly error?: { readonly type: string; readonly message: string; readonly status?: number };
  /** Milliseconds of the cloud's clock before the call is served. */
  readonly delayMs?: number;
  /** Serves the call, then answers with the error. */
  readonly errorAfter?: true;
  /** Ends whoever may have called, before the call is served or after it; it is not answered. */
  readonly crash?: { readonly point: 'before' | 'after'; readonly callers: () => Promise<void> };
  /** The call is not served, and answered only when its caller hangs up. */
  readonly hang?: true;
  /** Serves the call, then drops the connection without an answer. */
  readonly loseAnswer?: true;
  /** The submitted statement never leaves this status until it is cancelled. Its SQL does not run. */
  readonly stayIn?: 'SUBMITTED' | 'PICKED' | 'STARTED';
  /** The submitted statement becomes FAILED with this text. Its SQL does not run. */
  readonly fail?: string;
  /** The submitted statement becomes ABORTED. Its SQL does not run. */
  readonly abort?: true;
  /** The server ends the backend once the statement has STARTED; it fails with the server's words. */
  readonly killBackend?: true;
  /** The whole server crashes and starts anew, before the call is served, after it, or once the statement has STARTED. */
  readonly crashServer?: 'before' | 'after' | 'under';
  /** The statement's session is closed as soon as it has ended, whatever its keep-alive. */
  readonly closeSession?: true;
}

/** The part of a fault that concerns the statement, not the call. */
export type StatementFault = Pick<Fault, 'stayIn' | 'fail' | 'abort' | 'killBackend' | 'closeSession'> & {
  readonly crashServer?: 'under';
};

/** Queues of faults, one per operation; each call takes at most one. */
export class FaultSwitches {
  readonly #queues = new Map<DataApiOperation, Fault[]>();
  /** Asked for a fault where none waits in line: the cloud's plan of faults. */
  readonly #plan: (operation: DataApiOperation) => Fault | undefined;

  constructor(plan: (operation: DataApiOperation) => Fault | undefined = () => undefined) {
    this.#plan = plan;
  }

  /**
   * Lets the next call of an operation meet a fault. Called n times, the next n calls meet them in order.
   *
   * @throws {TypeError} for a statement's fault on an operation that submits none
   */
  next(operation: DataApiOperation, fault: Fault): void {
    const { stayIn, fail, abort, killBackend, closeSession, crashServer } = fault;
    const concernsStatement =
      crashServer === 'under' ||
      [stayIn, fail, abort, killBackend, closeSession].some((effect) => effect !== undefined);
    if (concernsStatement && operation !== 'ExecuteStatement' && operation !== 'BatchExecuteStatement') {
      throw new TypeError(
        `Expected stayIn, fail, abort, killBackend, closeSession or crashServer: under on ExecuteStatement or BatchExecuteStatement, got them on ${operation}, which submits no statement.`,
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
    return index < 0 ? this.#plan(operation) : queue.splice(index, 1)[0];
  }

  /** Forgets every fault that no call has met yet. */
  clear(): void {
    this.#queues.clear();
  }
}
