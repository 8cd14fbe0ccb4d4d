import type { BackendIdentity } from './backend-identity.ts';
import { ENDED_STATUSES, LIVE_SESSIONS } from './serverless-sql-parts.ts';
import { isVictimSql, victimParameters } from './victim-parameters.ts';

/**
 * Builds the one guarded statement that ends all victims on a workgroup: as {@link redshiftTermination}, over the SYS views.
 *
 * Left alone is whoever runs a statement that SYS_QUERY_HISTORY knows, and whoever is in a transaction that began after
 * the newest end in it: no page says how soon a statement shows there, and every running one is in a transaction, which
 * SVV_TRANSACTIONS shows at once. A session that idles in a transaction has a statement in the log that ended within it.
 *
 * Names come from PG_USER by the id, whole but for blanks at their ends, which a look takes for padding; user ids up to 1 are
 * the platform's.
 *
 * @throws RangeError when there is no victim, when they are of more than one target, or too many for one statement
 */
export function serverlessTermination(victims: readonly BackendIdentity[]): {
  sql: string;
  parameters: Record<string, string>;
} {
  return { sql: TERMINATION_SQL, parameters: victimParameters(victims) };
}

const STATEMENTS = `sys_query_history h
    join (
  ${LIVE_SESSIONS}
    ) r on r.session_id = h.session_id and h.start_time >= r.start_time - interval '2 seconds'`;

/** The sub-selects leave out NULL: one of them in a NOT IN would silently spare everyone. */
const TERMINATION_SQL = `
select
  s.session_id as pid,
  to_char(s.start_time, 'YYYYMMDDHH24MISS') as started_at,
  u.user_name as user_name,
  pg_terminate_backend(s.session_id) as signalled
from (
  ${LIVE_SESSIONS}
) s
join (
  select cast(usesysid as varchar(50)) as user_id, max(cast(usename as varchar(128))) as user_name
  from pg_user
  where usesysid > 1
  group by usesysid
) u on u.user_id = s.user_id
where ${isVictimSql({ pid: 's.session_id', startedAt: 's.start_time', user: 'u.user_name' })}
  and s.session_id <> pg_backend_pid()
  and s.session_id not in (
    select h.session_id
    from ${STATEMENTS}
    where h.session_id is not null and coalesce(rtrim(h.status), '') not in (${ENDED_STATUSES})
  )
  and s.session_id not in (
    select t.pid
    from svv_transactions t
    left join (
      select h.session_id, max(h.end_time) as ended_at
      from ${STATEMENTS}
      where rtrim(h.status) in (${ENDED_STATUSES})
      group by h.session_id
    ) e on e.session_id = t.pid
    where t.pid is not null and (e.ended_at is null or e.ended_at < t.txn_start)
  )
`.trim();
