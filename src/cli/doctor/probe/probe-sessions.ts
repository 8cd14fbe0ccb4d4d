import { randomUUID } from 'node:crypto';
import { SlotkeeperError } from '../../../errors/slotkeeper-error.ts';
import { PROBE_NAME, type ProbeApi } from './probe-api.ts';

/** Seconds that a session of the probe lives idle, whatever becomes of the probe. */
const KEEP_ALIVE = 60;

/** Most sessions that one probe opens. */
const MOST_SESSIONS = 8;

/** A statement of the probe may not run longer on the server than this, milliseconds. */
const STATEMENT_TIMEOUT = 60_000;

/** A Data API session that the probe has opened itself. */
export interface ProbeSession {
  readonly sessionId: string;
  /** The backend's process, as the service (RedshiftPid) and the backend itself (`pg_backend_pid()`) both name it; null: they differ. */
  readonly pid: number | null;
  /** How often it was refused right after its first statement had ended, before it was taken. */
  readonly refusals: number;
}

/** The sessions of one probe: nobody else's are touched, and all of them are closed in the end. */
export interface ProbeSessions {
  open(): Promise<ProbeSession>;
  /** Starts a statement on a session that runs until it is ended. */
  occupy(session: ProbeSession): Promise<string>;
  /** The process of a session that was opened here; anything else is refused. */
  pidOf(session: ProbeSession): number;
  /** Cancels what runs and closes what is open. Never throws; what it could not close ends by its keep-alive. */
  closeAll(api: ProbeApi): Promise<{ readonly opened: number; readonly closed: number; readonly expiring: number }>;
}

/** The probe would touch a session that it did not open, or cannot tell that it did. */
export class NotOwnSession extends SlotkeeperError {
  constructor(message: string) {
    super('NotOwnSession', message);
  }
}

/** Rows enough that no server counts them within minutes; it is cancelled long before. */
const ENDLESS = 'select count(*) from pg_attribute a cross join pg_attribute b cross join pg_attribute c';

export function createProbeSessions(api: ProbeApi): ProbeSessions {
  /** SessionIds, from the moment on that the service has named them. */
  const begun = new Set<string>();
  const opened: ProbeSession[] = [];
  const running = new Set<string>();

  return {
    async open() {
      if (begun.size >= MOST_SESSIONS) {
        throw new NotOwnSession(`Expected the probe to need no more than ${MOST_SESSIONS} sessions.`);
      }
      const first = await api.execute({
        ...api.place,
        Sql: `set application_name to '${PROBE_NAME}'`,
        SessionKeepAliveSeconds: KEEP_ALIVE,
        ClientToken: randomUUID(),
      });
      // Known at once, so that it is closed even if the probe is interrupted right here.
      if (first.SessionId !== undefined) {
        begun.add(first.SessionId);
      }
      const set = await api.ended(first.Id);
      const sessionId = first.SessionId ?? set.sessionId;
      if (sessionId !== null) {
        begun.add(sessionId);
      }
      if (set.status !== 'FINISHED' || sessionId === null) {
        throw new NotOwnSession(`No session could be opened: ${set.told}`);
      }
      const own = await firstReuse(api, sessionId);
      const { told, pid, id, status } = await api.ended(own.id);
      if (status !== 'FINISHED') {
        throw new NotOwnSession(`A session could not be used: ${told}`);
      }
      const itself = Number(await api.value(id));
      await api.run({ SessionId: sessionId, Sql: `set statement_timeout to ${STATEMENT_TIMEOUT}` });
      const session = { sessionId, pid: pid === itself ? pid : null, refusals: own.refusals };
      opened.push(session);
      return session;
    },

    async occupy(session) {
      const { Id } = await api.execute({ SessionId: session.sessionId, Sql: ENDLESS });
      running.add(Id);
      return Id;
    },

    pidOf(session) {
      if (!opened.includes(session) || session.pid === null) {
        throw new NotOwnSession(
          'Only a process is signalled that the probe has opened, and that the service names as the backend does itself.',
        );
      }
      return session.pid;
    },

    async closeAll(patient) {
      for (const id of running) {
        // It has ended, mostly; CancelStatement says so by an error.
        await patient.cancel(id).catch(() => undefined);
        await patient.ended(id).catch(() => undefined);
      }
      let closed = 0;
      for (const sessionId of begun) {
        closed += (await isClosed(patient, sessionId)) ? 1 : 0;
      }
      return { opened: begun.size, closed, expiring: begun.size - closed };
    },
  };
}

/** The service may refuse a session that it is still establishing; how often is one of the questions. */
async function firstReuse(api: ProbeApi, sessionId: string): Promise<{ id: string; refusals: number }> {
  for (let refusals = 0; ; refusals++) {
    try {
      const { Id } = await api.execute({ SessionId: sessionId, Sql: 'select pg_backend_pid() as pid' });
      return { id: Id, refusals };
    } catch (error) {
      if (refusals >= 20 || !(error instanceof Error) || error.name !== 'ValidationException') {
        throw error;
      }
      // Waits by looking: one describe of the session takes the time of a call.
      await api.sessionBecomes(sessionId, 'AVAILABLE', 400);
    }
  }
}

async function isClosed(api: ProbeApi, sessionId: string): Promise<boolean> {
  try {
    const status = await api.sessionStatus(sessionId);
    if (status === 'CLOSED') {
      return true;
    }
    if (status === 'BUSY') {
      await api.sessionBecomes(sessionId, 'AVAILABLE', 5_000);
    }
    await api.run({ SessionId: sessionId, Sql: 'select 1', SessionKeepAliveSeconds: 0 });
    return (await api.sessionBecomes(sessionId, 'CLOSED', 5_000)).status === 'CLOSED';
  } catch {
    // Refused as dead, or not reachable any more: its keep-alive ends it in any case.
    return false;
  }
}
