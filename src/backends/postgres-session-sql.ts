/**
 * Asks a PostgreSQL server (13 to 18) for every client's session, what it does, and since when.
 *
 * One row per session. Names are those of `pg_catalog`, whatever the search path.
 *
 * - `state_change` is the idle time itself: nothing has to be put together, and the guard of
 *   {@link postgresTermination} compares it exactly.
 * - Who sees everyone: superusers and who has the privileges of pg_read_all_stats, of which pg_monitor is a member. To
 *   others `state` and `query` of sessions of roles they are no member of are NULL.
 * - Who may be signalled, as `signalfuncs.c` decides: a superuser's session by superusers only, others by members of
 *   their role and by pg_signal_backend. `pg_has_role(…, 'USAGE')` is the very same question (`has_privs_of_role`).
 * - `pg_blocking_pids` looks into the lock manager, so it is asked only for those who wait.
 * - `pg_locks` shows everybody's locks to everybody. AccessShareLock is what any reader holds and counts for none.
 *   Advisory locks of a session outlive its transactions.
 * - Walsenders take none of the slots of max_connections, and count as the server's own. Other processes are no sessions.
 * - Settings of roles and databases may shorten or switch off the server's own timeouts; what a client has set for
 *   itself, nobody else sees. Where the asking role has a setting of its own, that of the server is hidden from it: none.
 * - Times leave as digits ({@link readServerTime}), UTC.
 *
 * Sources: PostgreSQL manual, "The Cumulative Statistics System" (pg_stat_activity), "pg_locks", "Predefined Roles",
 * "Server Signaling Functions", "System Information Functions", each for versions 13 to 18.
 */
export const POSTGRES_SESSION_SQL = `
with me as materialized (
  select
    r.rolsuper as is_superuser,
    pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') as sees_everyone,
    pg_catalog.pg_has_role(current_user, 'pg_signal_backend', 'USAGE') as may_signal
  from pg_catalog.pg_roles r
  where r.rolname = current_user
),
activity as materialized (
  select a.* from pg_catalog.pg_stat_activity a where a.backend_type in ('client backend', 'walsender')
),
held as materialized (
  select
    l.pid,
    bool_or(l.locktype <> 'advisory' and l.locktype <> 'virtualxid' and l.mode <> 'AccessShareLock') as holds_locks,
    bool_or(l.locktype = 'advisory') as holds_advisory
  from pg_catalog.pg_locks l
  where l.granted and l.pid is not null
  group by l.pid
),
blocking as materialized (
  select b.pid, count(distinct w.pid) as blocks
  from activity w
  cross join lateral pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) as b (pid)
  where w.wait_event_type = 'Lock'
  group by b.pid
),
own_settings as materialized (
  select s.setdatabase, s.setrole, pg_catalog.split_part(c.setting, '=', 1) as name, pg_catalog.split_part(c.setting, '=', 2) as value
  from pg_catalog.pg_db_role_setting s
  cross join lateral pg_catalog.unnest(s.setconfig) as c (setting)
  where c.setting like 'idle_session_timeout=%' or c.setting like 'idle_in_transaction_session_timeout=%'
)
select
  a.pid as pid,
  pg_catalog.to_char(a.backend_start at time zone 'UTC', 'YYYYMMDDHH24MISSUS') as started_at,
  coalesce(a.usename::text, '') as user_name,
  coalesce(a.datname::text, '') as database_name,
  a.application_name as application_name,
  pg_catalog.host(a.client_addr) as client_host,
  a.backend_type as backend_type,
  a.state as state,
  pg_catalog.to_char(a.state_change at time zone 'UTC', 'YYYYMMDDHH24MISSUS') as state_changed_at,
  coalesce(h.holds_locks, false) as holds_locks,
  coalesce(h.holds_advisory, false) as holds_advisory,
  coalesce(a.query, '') ~* '^\\s*listen\\M' as is_listener,
  coalesce(b.blocks, 0) as blocks,
  coalesce(r.rolsuper, false) as is_superuser,
  coalesce(
    me.is_superuser or (not r.rolsuper and (me.may_signal or pg_catalog.pg_has_role(current_user, a.usesysid, 'USAGE'))),
    false
  ) as may_end,
  (
    select coalesce(
      (
        select s.value
        from own_settings s
        where s.name = t.name and s.setdatabase in (a.datid, 0) and s.setrole in (a.usesysid, 0)
        order by s.setrole <> 0 desc, s.setdatabase <> 0 desc
        limit 1
      ),
      (
        select pg_catalog.current_setting(p.name, true)
        from pg_catalog.pg_settings p
        where p.name = t.name and p.source not in ('database', 'user', 'database user', 'client', 'session')
      )
    )
    from (
      select case when a.state like 'idle in transaction%' then 'idle_in_transaction_session_timeout' else 'idle_session_timeout' end as name
    ) t
  ) as idle_timeout,
  me.sees_everyone as sees_everyone,
  me.is_superuser or me.may_signal as may_end_others,
  pg_catalog.pg_backend_pid() as own_pid,
  pg_catalog.to_char(pg_catalog.clock_timestamp() at time zone 'UTC', 'YYYYMMDDHH24MISSUS') as server_now
from activity a
cross join me
left join pg_catalog.pg_roles r on r.oid = a.usesysid
left join held h on h.pid = a.pid
left join blocking b on b.pid = a.pid
order by a.pid
`.trim();
