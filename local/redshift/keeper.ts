import type pg from 'pg';
import type { EndedSession } from './ended-session.ts';

/**
 * The embedded server's own session. It is logged in as `rdsdb`, has a slot of its own and tells the database what only we know:
 * how far the cloud's clock runs ahead, and which sessions have ended.
 */
export interface Keeper {
  /** @param restart true: forget the steps of an earlier run */
  setClock(aheadMs: number, restart?: boolean): Promise<void>;
  recordEndedSession(session: EndedSession): void;
  /** Waits for what is under way and closes the session. */
  end(): Promise<void>;
}

const RECORD = `
  insert into pg_slotkeeper.ended_sessions
  select $1, pg_slotkeeper.user_id(r.oid, $2::name), $2, $3, $4, $5, $6,
    pg_slotkeeper.virtual_time($7, pg_slotkeeper.clock()), pg_slotkeeper.virtual_time($8, pg_slotkeeper.clock()),
    pg_slotkeeper.session_timeout(r.oid, $7), $9
  from (select) as one
  left join pg_catalog.pg_roles r on r.rolname = $2`;

/** @param connect opens a session as `rdsdb` in the database `dev` */
export async function createKeeper(connect: () => Promise<pg.Client>): Promise<Keeper> {
  let client: pg.Client | undefined;
  let ending = false;

  const open = async (): Promise<pg.Client> => {
    const opened = await connect();
    // A superuser can terminate this session too. Then it comes back with the next thing it has to say.
    opened.once('end', () => {
      if (client === opened) client = undefined;
    });
    return opened;
  };
  client = await open();

  let last: Promise<unknown> = Promise.resolve();
  const run = (text: string, values: unknown[]): Promise<void> => {
    const next = last.then(async () => {
      const used = client ?? (await open());
      client = used;
      try {
        await used.query(text, values);
      } catch (error) {
        // An ERROR is the statement's; anything else is the end of the session.
        if (ending || (error instanceof Error && 'severity' in error && error.severity === 'ERROR')) throw error;
        client = await open();
        await client.query(text, values);
      }
    });
    // The next one waits for this one, whether it went well or not; the caller gets the failure.
    last = next.catch(() => undefined);
    return next;
  };

  return {
    setClock: (aheadMs, restart = false) => run('select pg_slotkeeper.set_clock($1, $2)', [aheadMs, restart]),
    recordEndedSession(session) {
      if (ending) return;
      const { pid, userName, databaseName, applicationName, remoteHost, remotePort, startedAt, endedAt } = session;
      const values = [
        pid,
        userName,
        databaseName,
        applicationName,
        remoteHost,
        remotePort,
        startedAt,
        endedAt,
        session.ending,
      ];
      run(RECORD, values).catch((error: unknown) => {
        if (!ending)
          process.emitWarning(`The end of a session could not be recorded: ${String(error)}`, 'SlotkeeperWarning');
      });
    },
    async end() {
      ending = true;
      await last;
      await client?.end();
    },
  };
}
