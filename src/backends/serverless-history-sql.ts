import { HISTORY_LIMIT } from './redshift-history-sql.ts';

/**
 * Asks a workgroup for the sessions of the past `:seconds`, live and ended, with what their clients said of themselves: the
 * rows of {@link REDSHIFT_HISTORY_SQL}, of the SYS views.
 *
 * - SYS_SESSION_HISTORY has both, under one start: cut to the second while a session lives. So the start leaves in whole
 *   seconds, and an entry of SYS_CONNECTION_LOG belongs to the session in whose time it was written, with two seconds of slack.
 * - Names are those of PG_USER, else what the session called itself in the log. User ids up to 1 are the platform's.
 *
 * It needs what {@link SERVERLESS_SESSION_SQL} needs.
 *
 * Columns: AWS pages SYS_SESSION_HISTORY, SYS_CONNECTION_LOG, r_PG_USER of the Redshift database developer guide.
 */
export const SERVERLESS_HISTORY_SQL = `
select
  s.pid,
  to_char(s.started_at, 'YYYYMMDDHH24MISS') as started_at,
  to_char(s.ended_at, 'YYYYMMDDHH24MISSUS') as ended_at,
  coalesce(s.user_name, max(rtrim(c.user_name)), 'user id ' || s.user_id) as user_name,
  s.database_name,
  substring(
    max(case when rtrim(c.application_name) <> ''
      then to_char(c.record_time, 'YYYYMMDDHH24MISSUS') || rtrim(c.application_name) end),
    21,
    250
  ) as application_name,
  max(rtrim(c.remote_host)) as client_host,
  max(rtrim(c.driver_version)) as driver
from (
  select
    h.session_id as pid,
    h.start_time as started_at,
    case when rtrim(h.status) = 'active' then null else h.end_time end as ended_at,
    trim(h.user_id) as user_id,
    u.user_name,
    rtrim(h.database_name) as database_name
  from sys_session_history h
  left join (
    select cast(usesysid as varchar(50)) as user_id, max(cast(usename as varchar(128))) as user_name
    from pg_user
    group by usesysid
  ) u on u.user_id = trim(h.user_id)
  where (rtrim(h.status) = 'active' or h.end_time >= dateadd(second, 0 - cast(:seconds as integer), getdate()))
    and trim(h.user_id) not in ('0', '1')
    and (rtrim(h.status) <> 'active' or h.session_id <> pg_backend_pid())
) s
left join sys_connection_log c on c.session_id = s.pid
  and c.record_time >= s.started_at - interval '2 seconds'
  and c.record_time <= coalesce(s.ended_at, getdate()) + interval '2 seconds'
group by s.pid, s.started_at, s.ended_at, s.user_id, s.user_name, s.database_name
order by s.started_at desc, s.pid
limit ${HISTORY_LIMIT + 1}
`.trim();
