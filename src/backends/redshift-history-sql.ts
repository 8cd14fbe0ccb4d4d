/** Sessions that are read at most, the newest: about 10 MB of result, far from the 500 MB that the Data API allows. */
export const HISTORY_LIMIT = 50_000;

/** STL views keep this many days (AWS page c_intro_STL_tables). */
export const HISTORY_DAYS = 7;

/**
 * Asks a provisioned Redshift cluster for the sessions of the past `:seconds`, live and ended, with what their clients
 * said of themselves. Its parameter is that number, as text.
 *
 * - STL_SESSIONS has the ended ones, STV_SESSIONS those that live. One that ends between the looks at the two is in both;
 *   the reader takes it once.
 * - What a client said stands in STL_CONNECTION_LOG, by pid only, and pids are used again: an entry belongs to the
 *   session in whose time it was written, with two seconds of slack, since STV_SESSIONS cuts the start to the second.
 *   The newest application name wins; its moment stands before it, so that `max` finds it.
 * - One row more than {@link HISTORY_LIMIT} tells that there are more.
 * - It leaves out the platform's own sessions, as every look does, and the one that asks.
 *
 * It needs a superuser, or SYSLOG ACCESS UNRESTRICTED and SELECT on STL_CONNECTION_LOG; others see their own sessions
 * only, so whoever uses it first looks with the session query, which has the canary.
 *
 * Columns: AWS pages r_STL_SESSIONS, r_STV_SESSIONS, r_STL_CONNECTION_LOG of the Redshift database developer guide.
 */
export const REDSHIFT_HISTORY_SQL = `
select
  s.pid,
  to_char(s.started_at, 'YYYYMMDDHH24MISS') as started_at,
  to_char(s.ended_at, 'YYYYMMDDHH24MISSUS') as ended_at,
  s.user_name,
  s.database_name,
  substring(
    max(case when rtrim(c.application_name) <> ''
      then to_char(c.recordtime, 'YYYYMMDDHH24MISSUS') || rtrim(c.application_name) end),
    21,
    250
  ) as application_name,
  max(rtrim(c.remotehost)) as client_host,
  max(rtrim(c.driver_version)) as driver
from (
  select process as pid, starttime as started_at, endtime as ended_at, user_name, db_name as database_name
  from stl_sessions
  where endtime >= dateadd(second, 0 - cast(:seconds as integer), getdate()) and rtrim(user_name) <> 'rdsdb'
  union all
  select process, starttime, cast(null as timestamp), user_name, db_name
  from stv_sessions
  where process <> pg_backend_pid() and rtrim(user_name) <> 'rdsdb'
) s
left join stl_connection_log c on c.pid = s.pid
  and c.recordtime >= s.started_at - interval '2 seconds'
  and c.recordtime <= coalesce(s.ended_at, getdate()) + interval '2 seconds'
group by s.pid, s.started_at, s.ended_at, s.user_name, s.database_name
order by s.started_at desc, s.pid
limit ${HISTORY_LIMIT + 1}
`.trim();
