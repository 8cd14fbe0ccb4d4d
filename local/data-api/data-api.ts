import type { DataApiOperation } from './data-api-operation.ts';
import type { FaultSwitches } from './fault-switches.ts';

/** Who calls: here the access key stands for the IAM identity, which owns statements and sessions. */
export interface DataApiCaller {
  readonly accessKeyId: string;
  /** Ends a long poll early when the caller hangs up. */
  readonly signal?: AbortSignal;
}

/** The embedded Redshift Data API. */
export interface DataApi {
  /**
   * Serves one request.
   *
   * @param operation one of the twelve, e.g. `ExecuteStatement`
   * @param body the request as parsed JSON, with the service's own member names (`Sql`, `Parameters: [{name, value}]`)
   * @returns the response with the service's member names (`Field` and `ColumnMetadata` in lowerCamel). Timestamps are
   *   `Date`s and integers beyond 2^53 are `bigint`s; `encodeWireJson` turns both into what travels over HTTP.
   * @throws {DataApiError} the service's error; its `name` is the `__type`
   * @throws {AnswerLostError} when a fault asked for the answer to be lost
   */
  handle(operation: string, body: unknown, caller: DataApiCaller): Promise<unknown>;
  /** Faults that a test switches on for the next calls. */
  readonly faults: FaultSwitches;
  /** How often each operation was called, refused calls included. */
  readonly calls: Readonly<Record<DataApiOperation, number>>;
  /** Backends that were opened so far, for sessions and for statements without one. */
  readonly backendsOpened: number;
  /** How often an access key called, whatever it asked for. */
  callsBy(accessKeyId: string): number;
  /** Ends every statement, session and backend, and waits for them. Idempotent. */
  close(): Promise<void>;
}
