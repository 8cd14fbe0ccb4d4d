import { createConnection } from 'node:net';
import pg from 'pg';
import { z } from 'zod';
import type { RedshiftServer } from '../redshift/redshift-server.ts';
import type { QueryOutcome, TextRow } from './query-outcome.ts';
import type { Target } from './resolve-target.ts';

/** How large a result may grow before its statement fails. */
export interface ResultLimits {
  /** Bytes of text in all rows. */
  readonly resultBytes: number;
  /** Bytes of text in one row. */
  readonly rowBytes: number;
}

/** `BackendKeyData` of the PostgreSQL protocol, which pg keeps and its types do not mention. */
const backendKey = z.object({ processID: z.number(), secretKey: z.number() });

/** Code of the protocol's CancelRequest message (PostgreSQL documentation, "Message Formats"). */
const CANCEL_REQUEST_CODE = 80_877_102;

/** Fixed by us: how the connection log names this service's backends. */
const APPLICATION_NAME = 'RedshiftDataAPI';

/** Opens a real backend; rejects with the server's own error where it refuses. */
export async function openBackend(redshift: RedshiftServer, { user, database, place }: Target): Promise<Backend> {
  const endpoint = 'WorkgroupName' in place ? 'workgroup' : 'cluster';
  const client = await redshift.connect({ user, database, endpoint, applicationName: APPLICATION_NAME });
  return new Backend(client, redshift.port);
}

/** One PostgreSQL backend and the connection that owns it. */
export class Backend {
  /** Its process id on the server: `RedshiftPid`. */
  readonly pid: number;
  readonly #client: pg.Client;
  readonly #port: number;
  readonly #secretKey: number;
  readonly #lossListeners = new Set<() => void>();
  #state: 'open' | 'closing' | 'lost' = 'open';
  #lastError: Error | undefined;
  #cancelling: Promise<void> = Promise.resolve();

  constructor(client: pg.Client, port: number) {
    const key = backendKey.parse(client);
    this.pid = key.processID;
    this.#secretKey = key.secretKey;
    this.#client = client;
    this.#port = port;
    // Without a listener a terminated backend would end this process.
    client.on('error', (error) => {
      this.#lastError ??= error;
      this.#lose();
    });
    client.on('end', () => this.#lose());
  }

  /** Whether the server ended this backend, or the connection broke. */
  get isLost(): boolean {
    return this.#state === 'lost';
  }

  /** Calls back once if the backend ends without our asking. */
  onLost(listener: () => void): void {
    if (this.isLost) listener();
    else this.#lossListeners.add(listener);
  }

  /**
   * Runs one statement by the extended protocol, so that values stay values and several statements in one text are
   * refused by the server. Rejects with the server's error.
   */
  run(text: string, values: readonly string[], limits: ResultLimits): Promise<QueryOutcome> {
    if (this.isLost) return Promise.reject(this.#lastError ?? new Error('The backend is gone.'));
    return new Promise((resolve, reject) => {
      const rows: TextRow[] = [];
      let sizeBytes = 0;
      let refusal: Error | undefined;
      const config = {
        text,
        values: [...values],
        rowMode: 'array' as const,
        queryMode: 'extended',
        types: { getTypeParser: () => (value: string) => value },
      };
      const query = new pg.Query<TextRow>(config);
      query.on('row', (row: TextRow) => {
        if (refusal !== undefined) return;
        const bytes = row.reduce((sum, value) => sum + (value === null ? 0 : Buffer.byteLength(value)), 0);
        sizeBytes += bytes;
        refusal = tooLarge(bytes, sizeBytes, limits);
        if (refusal === undefined) rows.push(row);
        else this.cancel().catch(reject);
      });
      query.on('error', (error: Error) => reject(refusal ?? this.#terminationOr(error)));
      query.on('end', ({ fields, rowCount }) => {
        if (refusal !== undefined) return reject(refusal);
        const columns = fields.map(({ name, dataTypeID, dataTypeModifier }) => ({
          name,
          typeId: dataTypeID,
          typeModifier: dataTypeModifier,
        }));
        resolve({ columns, rows, rowCount: rowCount ?? -1, sizeBytes });
      });
      this.#client.query(query);
    });
  }

  /**
   * Asks the server to cancel what the backend runs, and resolves when the server has taken the request. It needs no
   * connection slot: PostgreSQL serves a CancelRequest before it counts connections.
   */
  cancel(): Promise<void> {
    const sent = this.#cancelling.then(() => this.#sendCancelRequest());
    // Later callers queue behind this request whether it went through or not; its failure is this caller's.
    this.#cancelling = sent.catch(() => undefined);
    return sent;
  }

  /** Resolves when no cancel request is under way: a late one would hit the session's next statement. */
  settled(): Promise<void> {
    return this.#cancelling;
  }

  /** Ends the backend and resolves when the server has freed its slot. Idempotent. */
  async close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closing';
    await this.settled();
    await this.#client.end();
  }

  #lose(): void {
    if (this.#state !== 'open') return;
    this.#state = 'lost';
    for (const listener of this.#lossListeners) listener();
    this.#lossListeners.clear();
  }

  /** A terminated backend's reason arrives with its query, ahead of the broken connection's error, which says less. */
  #terminationOr(error: Error): Error {
    if (!(error instanceof pg.DatabaseError)) return this.#lastError ?? error;
    if (error.severity === 'FATAL') {
      this.#lastError ??= error;
      this.#lose();
    }
    return error;
  }

  #sendCancelRequest(): Promise<void> {
    return new Promise((resolve, reject) => {
      const message = Buffer.alloc(16);
      message.writeInt32BE(16, 0);
      message.writeInt32BE(CANCEL_REQUEST_CODE, 4);
      message.writeInt32BE(this.pid, 8);
      message.writeInt32BE(this.#secretKey, 12);
      const socket = createConnection({ host: '127.0.0.1', port: this.#port }, () => socket.end(message));
      socket.on('error', reject);
      socket.on('close', () => resolve());
      socket.resume();
    });
  }
}

/** Texts: mgmt/data-api-troubleshooting. */
function tooLarge(rowBytes: number, resultBytes: number, limits: ResultLimits): Error | undefined {
  if (rowBytes > limits.rowBytes) return new Error('packet for query is too large');
  if (resultBytes > limits.resultBytes) return new Error('database response exceeded size limit');
  return undefined;
}
