import type { BackendIdentity } from './backend-identity.ts';
import { isVictimSql, victimParameters } from './victim-parameters.ts';

/**
 * Builds the one guarded statement that ends all victims on a provisioned cluster.
 *
 * Pid, start and user are compared, and idleness is checked, in the very statement that signals: whoever runs a
 * statement by then, and whoever got a victim's pid since, is left alone. `pg_terminate_backend` only signals, and what
 * it returns is not documented, so it stands plain in the select list and a later look tells the outcome.
 *
 * The victims travel as text parameters, never as SQL ({@link victimParameters}). The text is the same for 5 as for 2,000.
 *
 * @throws RangeError when there is no victim, when they are of more than one target, or too many for one statement
 */
export function redshiftTermination(victims: readonly BackendIdentity[]): {
  sql: string;
  parameters: Record<string, string>;
} {
  return { sql: TERMINATION_SQL, parameters: victimParameters(victims) };
}

/** The sub-selects leave out NULL: one of them in a NOT IN would silently spare everyone. */
const TERMINATION_SQL = `
select
  s.process as pid,
  to_char(s.starttime, 'YYYYMMDDHH24MISS') as started_at,
  s.user_name as user_name,
  pg_terminate_backend(s.process) as signalled
from stv_sessions s
where ${isVictimSql({ pid: 's.process', startedAt: 's.starttime', user: 's.user_name' })}
  and s.process <> pg_backend_pid()
  and rtrim(s.user_name) <> 'rdsdb'
  and s.process not in (select i.pid from stv_inflight i where i.pid is not null)
  and s.process not in (
    select r.pid from stv_recents r where r.pid is not null and coalesce(rtrim(r.status), '') <> 'Done'
  )
`.trim();
