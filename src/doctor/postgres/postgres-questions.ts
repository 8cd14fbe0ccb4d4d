/** Settings that the doctor looks at; a server that does not know one leaves it out. */
export const POSTGRES_SETTINGS = [
  ...['max_connections', 'superuser_reserved_connections', 'reserved_connections'],
  ...['idle_in_transaction_session_timeout', 'idle_session_timeout', 'statement_timeout', 'transaction_timeout'],
  ...['shared_buffers', 'work_mem', 'track_activities'],
] as const;

const NAMES = POSTGRES_SETTINGS.map((name) => `'${name}'`).join(', ');

/**
 * What the doctor asks a PostgreSQL server, 13 to 18; all of it reads, and every user may ask it.
 *
 * `pg_has_role(…, 'USAGE')` is the question that the server itself asks before it signals (`has_privs_of_role` in
 * signalfuncs.c) and before it gives a reserved slot (postinit.c); membership without inheritance does not count there.
 */
export const POSTGRES_QUESTIONS = {
  /** Who we are, how we came in, and what we may. */
  self: `
select
  pg_catalog.current_setting('server_version') as version,
  pg_catalog.current_setting('server_version_num')::int4 as version_number,
  current_user::text as user_name,
  pg_catalog.current_database()::text as database_name,
  pg_catalog.pg_is_in_recovery() as is_standby,
  pg_catalog.pg_backend_pid() as pid,
  pg_catalog.inet_client_port() as client_port,
  pg_catalog.to_char(pg_catalog.clock_timestamp() at time zone 'UTC', 'YYYYMMDDHH24MISSUS') as server_now,
  s.ssl as is_encrypted,
  s.version as tls_version,
  r.rolsuper as is_superuser,
  pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') as sees_everyone,
  pg_catalog.pg_has_role(current_user, 'pg_signal_backend', 'USAGE') as may_signal,
  coalesce(
    (
      select pg_catalog.pg_has_role(current_user, u.oid, 'USAGE')
      from pg_catalog.pg_roles u
      where u.rolname = 'pg_use_reserved_connections'
    ),
    false
  ) as may_use_reserved
from pg_catalog.pg_roles r
left join pg_catalog.pg_stat_ssl s on s.pid = pg_catalog.pg_backend_pid()
where r.rolname = current_user
`.trim(),
  /** What holds after RESET: what a client or this very transaction has set is not the server's. */
  settings: `
select name, reset_val as value, unit, source
from pg_catalog.pg_settings
where name in (${NAMES})
`.trim(),
  /** Timeouts that roles or databases have of their own. */
  overrides: `
select
  coalesce(r.rolname::text, '') as role_name,
  coalesce(d.datname::text, '') as database_name,
  pg_catalog.split_part(c.setting, '=', 1) as name,
  pg_catalog.split_part(c.setting, '=', 2) as value
from pg_catalog.pg_db_role_setting s
cross join lateral pg_catalog.unnest(s.setconfig) as c (setting)
left join pg_catalog.pg_roles r on r.oid = s.setrole
left join pg_catalog.pg_database d on d.oid = s.setdatabase
where pg_catalog.split_part(c.setting, '=', 1) in ('idle_in_transaction_session_timeout', 'idle_session_timeout', 'statement_timeout')
order by 1, 2, 3
`.trim(),
  /**
   * The sessions of the others by user. To who may not see them a session shows its user and nothing else (the type of
   * the backend neither), so those are counted as hidden; a process of the server's own has no database.
   */
  sessions: `
select
  coalesce(a.usename::text, '') as user_name,
  coalesce(a.application_name, '') as application_name,
  count(*)::int4 as sessions,
  count(*) filter (where a.backend_type is null)::int4 as hidden,
  count(*) filter (where r.rolsuper)::int4 as superusers,
  count(*) filter (
    where me.rolsuper
      or (
        not r.rolsuper
        and (
          pg_catalog.pg_has_role(current_user, 'pg_signal_backend', 'USAGE')
          or pg_catalog.pg_has_role(current_user, a.usesysid, 'USAGE')
        )
      )
  )::int4 as endable
from pg_catalog.pg_stat_activity a
cross join (select rolsuper from pg_catalog.pg_roles where rolname = current_user) me
left join pg_catalog.pg_roles r on r.oid = a.usesysid
where a.pid <> pg_catalog.pg_backend_pid()
  and (a.backend_type = 'client backend' or (a.backend_type is null and a.usesysid is not null and a.datid is not null))
group by 1, 2
order by 3 desc, 1, 2
`.trim(),
  /** Through a pooler that shares server connections out, it may be another one each time. */
  pid: 'select pg_catalog.pg_backend_pid() as pid',
} as const;
