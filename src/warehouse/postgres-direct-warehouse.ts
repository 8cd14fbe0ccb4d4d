import { Socket } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import pg from 'pg';
import type { PostgresTarget } from '../config/target-config.ts';
import type { DirectWarehouse } from './direct-warehouse.ts';
import { type ConnectionPhase, postgresFailure } from './postgres-failure.ts';
import type { Row } from './warehouse.ts';

/** How to connect. */
export interface PostgresConnection {
  readonly target: Pick<PostgresTarget, 'name' | 'host' | 'port' | 'database' | 'user' | 'tls'>;
  readonly password: string;
  /** Certificate authorities as PEM text; null: those of Node. */
  readonly ca: string | null;
  /** Milliseconds until the server must have let us in. @default 10,000 */
  readonly connectTimeout?: number;
  /** Milliseconds after which the server cancels a statement. @default 30,000 */
  readonly statementTimeout?: number;
  /** Gives up connecting; once the server has let us in, it does nothing. */
  readonly signal?: AbortSignal;
}

/** Milliseconds that a server gets to say goodbye. */
const CLOSE_PATIENCE = 2_000;

/** OIDs of the types whose values are numbers in JavaScript as well (`pg_type.dat`): int2, int4, oid, float4, float8. */
const NUMBERS: ReadonlySet<number> = new Set([21, 23, 26, 700, 701]);
const BOOLEAN = 16;

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number) => (text: string) =>
    NUMBERS.has(oid) ? Number(text) : oid === BOOLEAN ? text === 't' : text,
};

/** A connection that also says how it came about, so that a pooler in between can be told. */
export interface PostgresWarehouse extends DirectWarehouse {
  readonly handshake: {
    /** The process that the server named at the sign-in; null: it named none. */
    readonly processId: number | null;
    /** Our own port; null: not a TCP connection. */
    readonly localPort: number | null;
  };
}

/**
 * Connects to a PostgreSQL server and signs in. The certificate and the host's name are verified, unless the target
 * says `tls: off`, which is for this machine only.
 *
 * Every statement runs in a read-only transaction of its own, with `statement_timeout` and an empty `search_path` set
 * for that transaction alone: nothing is left behind on a server connection that a pooler shares out, and no object of
 * a user's schema can take the place of one of the server's.
 *
 * @throws DirectWarehouseFailed, of which each cause has a class; the signal's reason, when it was given up
 */
export async function connectPostgres(connection: PostgresConnection): Promise<PostgresWarehouse> {
  const { target, password, ca, connectTimeout = 10_000, statementTimeout = 30_000, signal } = connection;
  const { name, host, port, database, user, tls } = target;
  const place = { target: name, host, port, database, user };
  const progress: { phase: ConnectionPhase } = { phase: 'reaching' };
  const failed = (error: unknown) => postgresFailure(error, place, progress.phase);

  const socket = new Socket();
  socket.once('connect', () => {
    progress.phase = tls.mode === 'off' ? 'signing-in' : 'encrypting';
  });
  const verifiesHost = {
    rejectUnauthorized: true,
    // Asked last, once the certificate's chain is verified.
    checkServerIdentity: (expected: string, certificate: PeerCertificate) => {
      const problem = checkServerIdentity(expected, certificate);
      progress.phase = problem === undefined ? 'signing-in' : progress.phase;
      return problem;
    },
  };
  const client = new pg.Client({
    host,
    port,
    database,
    user,
    password,
    application_name: 'slotkeeper',
    ssl: tls.mode === 'off' ? false : { ...verifiesHost, ...(ca === null ? {} : { ca }) },
    stream: () => socket,
    keepAlive: true,
    types,
  });
  let broken: unknown = null;
  // Without a listener, a server that ends an idle connection would end this process as well.
  client.on('error', (error) => {
    broken = error;
  });
  signal?.throwIfAborted();
  const giveUp = () => socket.destroy(new Error('given up'));
  signal?.addEventListener('abort', giveUp);
  const timer = setTimeout(() => socket.destroy(timeoutError(connectTimeout)), connectTimeout);
  try {
    await client.connect();
  } catch (error) {
    if (progress.phase === 'signing-in' && !socket.destroyed && !socket.readableEnded) {
      progress.phase = 'proving';
    }
    socket.destroy();
    signal?.throwIfAborted();
    throw failed(error);
  } finally {
    signal?.removeEventListener('abort', giveUp);
    clearTimeout(timer);
  }
  progress.phase = 'open';

  return {
    handshake: { processId: processIdOf(client), localPort: socket.localPort ?? null },
    async query(sql, parameters) {
      try {
        await client.query(
          `begin read only; set local statement_timeout = ${Math.ceil(statementTimeout)}; set local search_path = pg_catalog, pg_temp`,
        );
        const { rows } = await client.query<Row>(sql, [...parameters]);
        await client.query('commit');
        return rows;
      } catch (error) {
        const failure = failed(broken ?? error);
        if (broken === null && error instanceof pg.DatabaseError) {
          // The connection goes on after an error of a statement; its transaction must not.
          await client.query('rollback').catch((second: unknown) => {
            broken = second;
          });
        }
        throw failure;
      }
    },
    async close() {
      const patience = setTimeout(() => socket.destroy(), CLOSE_PATIENCE);
      try {
        await client.end();
      } finally {
        clearTimeout(patience);
        socket.destroy();
      }
    },
  };
}

/** The driver keeps what the server's message BackendKeyData says (pg, lib/client.js), but its types do not tell. */
function processIdOf(client: pg.Client): number | null {
  const value: unknown = 'processID' in client ? client.processID : null;
  return typeof value === 'number' ? value : null;
}

function timeoutError(milliseconds: number): Error {
  return Object.assign(new Error(`no connection within ${milliseconds} ms`), { code: 'ETIMEDOUT' });
}
