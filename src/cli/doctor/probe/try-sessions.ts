import { randomUUID } from 'node:crypto';
import type { ProbeApi } from './probe-api.ts';
import { type ProbeLog, refusalName, refusalOf } from './probe-log.ts';
import type { ProbeSession, ProbeSessions } from './probe-sessions.ts';

/** How long a change of a session may take to show, milliseconds. */
const SHOWS_WITHIN = 20_000;

/** Busy, dead and unknown sessions, what may not stand beside a SessionId, and how a session is closed. */
export async function trySessions(api: ProbeApi, sessions: ProbeSessions, log: ProbeLog): Promise<void> {
  const stranger = randomUUID();
  const reuse = (sessionId: string, more: object = {}) =>
    api.execute({ SessionId: sessionId, Sql: 'select 1', ...more });
  const busy = await sessions.open();
  const other = await sessions.open();

  await log.try('pidOfSession', async () => (busy.pid === null ? 'another one' : 'the same'));
  await log.try('firstReuse', async () => {
    const refusals = busy.refusals + other.refusals;
    return refusals === 0 ? 'at once' : { observed: 'refused first', note: `${refusals} times in 2 sessions` };
  });
  const statement = await sessions.occupy(busy);
  await log.try('busySession', () => refusalOf(() => reuse(busy.sessionId)));
  await log.try('busyListed', () => api.sessionStatus(busy.sessionId));
  await log.try('cancelled', async () => {
    await api.cancel(statement);
    return (await api.ended(statement)).told;
  });

  await log.try('unknownSession', () => refusalOf(() => reuse(stranger)));
  await log.try('unknownListed', () => refusalName(() => api.sessionStatus(stranger)));
  await log.try('withDatabase', () =>
    refusalName(async () => await settled(api, other, { Database: api.place.Database })),
  );
  const { Database: _database, ...place } = api.place;
  await log.try('withPlace', () => refusalName(async () => await settled(api, other, place)));

  await tryTermination(api, sessions, log, other);
  await log.try('keepAliveZero', async () => {
    const session = await sessions.open();
    await api.run({ SessionId: session.sessionId, Sql: 'select 1', SessionKeepAliveSeconds: 0 });
    const { status, after } = await api.sessionBecomes(session.sessionId, 'CLOSED', SHOWS_WITHIN);
    return { observed: status, note: `after ${after} ms` };
  });
}

/** Where the service takes it after all, its end is waited for: the session must be free for what comes next. */
async function settled(api: ProbeApi, { sessionId }: ProbeSession, members: object): Promise<void> {
  const { Id } = await api.execute({ SessionId: sessionId, Sql: 'select 1', ...members });
  await api.ended(Id);
}

/** A statement whose backend is ended by the probe's other session: both are the probe's own. */
async function tryTermination(
  api: ProbeApi,
  sessions: ProbeSessions,
  log: ProbeLog,
  killer: ProbeSession,
): Promise<void> {
  const victim = await sessions.open();
  if (victim.pid === null) {
    log.skip(
      ['terminateReturns', 'killedStatement', 'killedListed', 'deadSession'],
      'RedshiftPid is not what the session calls itself, so nothing is signalled.',
    );
    return;
  }
  const pid = sessions.pidOf(victim);
  const statement = await sessions.occupy(victim);
  await log.try('terminateReturns', async () => {
    const ended = await api.run({
      SessionId: killer.sessionId,
      Sql: 'select pg_terminate_backend(cast(:pid as int)) as signalled',
      Parameters: [{ name: 'pid', value: String(pid) }],
    });
    if (!ended.hasResultSet) {
      return ended.told;
    }
    const page = await api.page(ended.id);
    return `${page.ColumnMetadata?.[0]?.typeName ?? 'no type'} ${await api.value(ended.id)}`;
  });
  await log.try('killedStatement', async () => (await api.ended(statement)).told);
  await log.try('killedListed', async () => {
    const { status, after } = await api.sessionBecomes(victim.sessionId, 'CLOSED', SHOWS_WITHIN);
    return { observed: status, note: `after ${after} ms` };
  });
  await log.try('deadSession', () => refusalOf(() => api.execute({ SessionId: victim.sessionId, Sql: 'select 1' })));
}
