import * as z from 'zod';
import type { BackendIdentity } from './backend-identity.ts';
import type { ResultRow } from './result-row.ts';
import { describeRowProblems, flag, serverTime, wholeNumber } from './row-fields.ts';
import type { EngineStatement } from './session-engine.ts';
import { SnapshotUnreadable } from './snapshot-unreadable.ts';

/** A backend that is to end, if it still is what it was when that was decided. */
export interface PostgresVictim extends BackendIdentity {
  /** Its `state_change` then. */
  readonly lastActiveAt: string;
}

/**
 * The one guarded statement that ends all victims.
 *
 * A victim is signalled only if pid, start, user and the time of its last change of state are still those that were
 * judged, to the microsecond, it is a client's, idle, and another than the asking session. Whoever was used since has
 * another `state_change`, be it idle again by then. So the gap that Redshift's guard has to leave does not exist here;
 * what remains is the time from reading the server's state to the signal, within this one statement.
 *
 * The guard stands in a materialized query of its own: the planner may otherwise evaluate a function of the select list
 * for rows that a later condition drops. Who may not be signalled is told apart before, since one refusal would fail
 * the statement for all (`signalfuncs.c`, SQLSTATE 42501).
 *
 * Victims travel as one JSON value.
 */
const TERMINATION_SQL = `
with victims as materialized (
  select v.pid, v.started_at, v.user_name, v.idle_since
  from pg_catalog.jsonb_to_recordset($1::jsonb) as v (pid int4, started_at text, user_name text, idle_since text)
),
guarded as materialized (
  select
    a.pid,
    v.started_at,
    v.user_name,
    coalesce(
      me.rolsuper or (
        not r.rolsuper and (
          pg_catalog.pg_has_role(current_user, 'pg_signal_backend', 'USAGE')
          or pg_catalog.pg_has_role(current_user, a.usesysid, 'USAGE')
        )
      ),
      false
    ) as may_end
  from victims v
  join pg_catalog.pg_stat_activity a on a.pid = v.pid
  join pg_catalog.pg_roles me on me.rolname = current_user
  left join pg_catalog.pg_roles r on r.oid = a.usesysid
  where pg_catalog.to_char(a.backend_start at time zone 'UTC', 'YYYYMMDDHH24MISSUS') = v.started_at
    and a.usename::text = v.user_name
    and pg_catalog.to_char(a.state_change at time zone 'UTC', 'YYYYMMDDHH24MISSUS') = v.idle_since
    and a.state in ('idle', 'idle in transaction', 'idle in transaction (aborted)')
    and a.backend_type = 'client backend'
    and a.pid <> pg_catalog.pg_backend_pid()
)
select
  g.pid as pid,
  g.started_at as started_at,
  g.user_name as user_name,
  case when g.may_end then pg_catalog.pg_terminate_backend(g.pid) else false end as signalled
from guarded g
`.trim();

/** @throws RangeError when there is no victim, or when they are of more than one target */
export function postgresTermination(victims: readonly PostgresVictim[]): EngineStatement<readonly string[]> {
  const targets = new Set(victims.map((victim) => victim.target));
  if (targets.size !== 1) {
    throw new RangeError(`Expected victims of exactly one target, got ${victims.length} of ${targets.size} targets.`);
  }
  const rows = victims.map(({ pid, startedAt, user, lastActiveAt }) => ({
    pid,
    started_at: digitsOf(startedAt),
    user_name: user,
    idle_since: digitsOf(lastActiveAt),
  }));
  return { sql: TERMINATION_SQL, parameters: [JSON.stringify(rows)] };
}

const guardedRow = z.object({ pid: wholeNumber, started_at: serverTime, user_name: z.string(), signalled: flag });

/**
 * Reads the rows of the guarded statement: who passed its guard and was signalled. The server had still got those that
 * `pg_terminate_backend` says no of a moment before, and had them no longer.
 *
 * @throws SnapshotUnreadable when a row is of another shape
 */
export function readPostgresSignalled(rows: readonly ResultRow[], target: string): BackendIdentity[] {
  return rows.flatMap((row, index) => {
    const parsed = guardedRow.safeParse(row);
    if (!parsed.success) {
      throw new SnapshotUnreadable(
        `Row ${index + 1} of the guarded statement of target '${target}' is not of the expected shape: ` +
          `${describeRowProblems(parsed.error)}. Is it the answer to another statement?`,
        { cause: parsed.error },
      );
    }
    const { pid, started_at: startedAt, user_name: user, signalled } = parsed.data;
    return signalled ? [{ target, pid, startedAt, user }] : [];
  });
}

/** As the statement writes times: 20 digits. */
function digitsOf(iso: string): string {
  return iso.replace(/\D/g, '').padEnd(20, '0');
}
