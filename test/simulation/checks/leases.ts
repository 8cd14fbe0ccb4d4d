import { parseStatementName } from '../../../src/pool/statement-name.ts';
import { keyOfSlot } from '../world/observed-tables.ts';
import type { CreateCheck } from './check.ts';

/**
 * A statement that the service takes runs on a session of its own tenant, under the lease that the table has now: no
 * session is used by two holders at once, nor found by the next in the transaction of the one before; what is given back
 * is idle; and no query is taken twice.
 */
export const checkLeases: CreateCheck = ({ tables, scenario, api }, violate) => {
  const taken = new Set<string>();
  return {
    session(before, after) {
      const session = after.sessionId === null ? undefined : api.sessions.get(after.sessionId);
      const isTakenOver = after.events.at(-1)?.type === 'taken-over' && after.fence !== before?.fence;
      if (isTakenOver && session?.statement != null && scenario.clocks !== 'all-apart') {
        violate(
          'no session used by two holders at once',
          `${session.opener} was taken over while it runs ${session.statement.name}`,
        );
      }
      const isGivenBack = after.state === 'available' && before?.state !== 'available';
      if (isGivenBack && session?.statement != null && scenario.clocks !== 'all-apart') {
        violate('a session is given back when it is idle', `${session.opener} runs ${session.statement.name}`);
      }
    },
    submit({ name, kind, session, sql, submitter }) {
      const origin = parseStatementName(name);
      if (kind !== 'tenant' || origin === null) {
        return;
      }
      if (taken.has(sql)) {
        violate('a query is taken once', `${name}: ${sql}`);
      }
      if (sql.startsWith('{')) {
        taken.add(sql);
      }
      const { user, pid } = session.backend;
      // Whose query it is stands in the query; its name says only whose the pool takes it for.
      const asker = /^\{"value":"([^-"]+)-/.exec(sql)?.[1] ?? origin.tenant;
      if (user !== `tenant_${asker}` || origin.tenant !== asker) {
        violate('never across tenants', `a statement of ${asker} on ${pid} of ${user}`);
      }
      const begun = session.transaction === null ? null : parseStatementName(session.transaction);
      const isForeign = begun !== null && begun.fence !== origin.fence && sql !== 'ROLLBACK';
      if (isForeign && scenario.clocks !== 'all-apart') {
        violate(
          'a session is clean when it is handed out',
          `${name} runs in the transaction of ${session.transaction}`,
        );
      }
      const opener = parseStatementName(session.opener);
      if (opener?.tenant !== origin.tenant || opener.session !== origin.session) {
        violate('never across sessions', `a statement for ${origin.session} on the session of ${opener?.session}`);
      }
      const record = tables.sessions.get(
        keyOfSlot({ key: { tenant: origin.tenant, target: '', database: '', dbUser: '' }, slot: origin.slot }),
      );
      const isLast = sql === 'ROLLBACK' && record?.state === 'draining';
      const isHeld =
        record?.id === origin.session &&
        (record.state === 'leased' || record.state === 'creating') &&
        record.fence === origin.fence &&
        record.lease?.holder === `${submitter}-1`;
      if (!isHeld && !isLast && scenario.clocks !== 'all-apart') {
        violate(
          'no session used by two holders at once',
          `${name}: the item is ${record?.state} with fence ${record?.fence}`,
        );
      }
    },
  };
};
