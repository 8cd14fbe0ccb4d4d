import { randomUUID } from 'node:crypto';
import type { ProbeApi } from './probe-api.ts';
import { type ProbeLog, refusalName, refusalOf } from './probe-log.ts';
import type { ProbeSessions } from './probe-sessions.ts';

/** Narrow rows, more than a page was ever seen to hold; the catalog has as many on every server. */
const MANY_ROWS = 'select attnum from pg_attribute limit 2500';

/** As long as one text of a run's victims may be (docs/decisions/0004-victims-travel-as-text-parameters.md). */
const LONG_PARAMETER = 60_000;

/** Errors of statements, parameters, results and tokens; each in a session of its own that ends with it. */
export async function tryStatements(api: ProbeApi, sessions: ProbeSessions, log: ProbeLog): Promise<void> {
  const { place } = api;
  const one = (sql: string, parameters: Readonly<Record<string, string>> = {}) => {
    const named = Object.entries(parameters).map(([name, value]) => ({ name, value }));
    return { ...place, Sql: sql, ...(named.length === 0 ? {} : { Parameters: named }) };
  };
  const answer = async (sql: string, parameters: Readonly<Record<string, string>>) => {
    const ended = await api.run(one(sql, parameters));
    return ended.hasResultSet && ended.status === 'FINISHED' ? `FINISHED, ${await api.value(ended.id)}` : ended.told;
  };

  const first = await api.execute({ ...one('select 1'), WaitTimeSeconds: 10, ClientToken: randomUUID() });
  await log.try('longPoll', async () => first.Status ?? 'no status');
  await log.try('noSession', async () => (first.SessionId === undefined ? 'none' : 'one'));
  await api.ended(first.Id);
  await log.try('cancelEnded', () => refusalOf(() => api.cancel(first.Id)));
  await log.try('unknownStatement', () => refusalOf(() => api.describe(randomUUID())));
  await log.try('twoStatements', async () => (await api.run(one('select 1; select 2'))).told);
  await log.try('resultOfNone', async () => {
    const { id } = await api.run(one("set application_name to 'slotkeeper/probe'"));
    return await refusalOf(() => api.page(id));
  });
  await log.try('sameToken', async () => {
    const ClientToken = randomUUID();
    const original = await api.execute({ ...one('select 1'), ClientToken });
    const again = await api.execute({ ...one('select 2'), ClientToken });
    return again.Id === original.Id ? 'the first statement' : 'another statement';
  });
  await log.try('longParameter', () =>
    answer('select len(cast(:v as varchar(65535))) as n', { v: 'x'.repeat(LONG_PARAMETER) }),
  );
  await log.try('castParameter', () => answer('select :n::int as n', { n: '7' }));
  await log.try('unusedParameter', () => refusalName(() => api.run(one('select 1', { n: '7' }))));
  await log.try('rowsPerPage', async () => {
    const { id, told, status } = await api.run(one(MANY_ROWS));
    if (status !== 'FINISHED') {
      return told;
    }
    const page = await api.page(id);
    return { observed: String(page.Records?.length ?? 0), note: `of ${page.TotalNumRows ?? 'an unknown number'}` };
  });
  await log.try('paddedChar', async () => {
    const { id, told, status } = await api.run(one("select cast('a' as char(5)) as c"));
    return status === 'FINISHED' ? `${(await api.value(id)).length} characters` : told;
  });
  await log.try('poisoned', async () => {
    const { sessionId } = await sessions.open();
    await api.run({ SessionId: sessionId, Sql: 'begin' });
    await api.run({ SessionId: sessionId, Sql: 'select 1/0' });
    const { told } = await api.run({ SessionId: sessionId, Sql: 'select 1' });
    await api.run({ SessionId: sessionId, Sql: 'rollback' });
    return told;
  });
}
