import { wholeNameSql } from './whole-name-sql.ts';

/**
 * Asks a provisioned Redshift cluster for every session, what it does, and since when it does nothing.
 *
 * One row per session, whatever the joins find: each joined table is reduced to one row per pid (or name) first. It
 * keeps to what Redshift shares with PostgreSQL, so that the same text runs on the embedded server.
 *
 * - No view has the idle time. It is the time since the newest statement end of SVL_STATEMENTTEXT, since the start of
 *   an open transaction (the statement log is written with delay, the transaction shows at once), or since the
 *   session's start. A pid is used again after its session ends, so older ends than the session's start are not its
 *   own: that condition stands in the join, where it keeps the session; in WHERE it would drop it.
 * - Leader-node statements are missing from STV_INFLIGHT, finished ones stay in STV_RECENTS as `Done`: both are asked.
 * - STV_SESSIONS cuts the start to the second and names to 50 bytes. Hence the two seconds of slack against
 *   STL_CONNECTION_LOG, and the comparison of users by their first 50 characters, superusers first.
 * - Temporary credentials may sign in as `IAM:name`, or `IAMA:name:groups` (API reference, GetClusterCredentials,
 *   `DbUser`; seen by awslabs/amazon-redshift-utils), which PG_USER does not have: whether that is a superuser, the name
 *   within tells. `chr(58)` is the colon, which the Data API reads as the beginning of a parameter.
 * - What the whole name of a user or database is that may have been cut, PG_USER and PG_DATABASE tell, if only one name
 *   can be it ({@link readWholeName}).
 * - `getdate()`, not `now()`: the latter is refused beside tables (AWS page "Leader node–only functions").
 * - Times leave as digits ({@link readServerTime}), flags as 0 and 1.
 *
 * - Who sees everyone: superusers, and users with SYSLOG ACCESS UNRESTRICTED (AWS page cm_chap_system-tables,
 *   "Visibility of data in system tables and views"). Only superusers may end others' sessions.
 * - No view tells whose a temporary table is. A session has had one if its log has a statement that makes one; the
 *   log has 200 characters per row, of which the first row is read.
 *
 * Columns: AWS pages r_SVV_USER_INFO, r_STV_SESSIONS, r_STV_INFLIGHT, r_STV_RECENTS, r_SVL_STATEMENTTEXT, r_SVV_TRANSACTIONS,
 * r_STL_CONNECTION_LOG, r_PG_USER of the Redshift database developer guide.
 */
export const REDSHIFT_SESSION_SQL = `
select
  s.process as pid,
  to_char(s.starttime, 'YYYYMMDDHH24MISS') as started_at,
  s.user_name as user_name,
  s.db_name as database_name,
  s.timeout_sec as timeout_seconds,
  case when s.process = pg_backend_pid() then 1 else 0 end as is_own,
  case when i.pid is null and r.pid is null then 0 else 1 end as is_running,
  case when t.pid is null then 0 else 1 end as in_transaction,
  coalesce(t.holds_locks, 0) as holds_locks,
  to_char(t.started_at, 'YYYYMMDDHH24MISSUS') as transaction_started_at,
  to_char(e.ended_at, 'YYYYMMDDHH24MISSUS') as statement_ended_at,
  n.whole_name as whole_user_name,
  coalesce(n.candidates, 0) as user_candidates,
  d.whole_name as whole_database_name,
  coalesce(d.candidates, 0) as database_candidates,
  case when u.is_superuser = 1 or inner_user.is_superuser = 1 or n.any_flag = 1 then 1 else 0 end as is_superuser,
  coalesce(u.is_bootstrap, 0) as is_bootstrap,
  a.application_name as application_name,
  h.remotehost as client_host,
  to_char(e.temp_table_at, 'YYYYMMDDHH24MISSUS') as temp_table_at,
  case when c.may_end_others = 1 or l.sees_log = 1 then 1 else 0 end as sees_everyone,
  coalesce(c.may_end_others, 0) as may_end_others,
  pg_backend_pid() as own_pid,
  to_char(getdate(), 'YYYYMMDDHH24MISSUS') as server_now
from stv_sessions s
cross join (
  select max(case when usesuper then 1 else 0 end) as may_end_others
  from pg_user
  where usename = current_user
) c
cross join (
  select max(case when syslog_access = 'UNRESTRICTED' then 1 else 0 end) as sees_log
  from svv_user_info
  where user_name = current_user
) l
left join (
  select
    substring(cast(usename as varchar(128)), 1, 50) as name_start,
    max(case when usesuper then 1 else 0 end) as is_superuser,
    max(case when usesysid <= 1 then 1 else 0 end) as is_bootstrap
  from pg_user
  group by substring(cast(usename as varchar(128)), 1, 50)
) u on u.name_start = rtrim(s.user_name)
left join (
  select substring(cast(usename as varchar(128)), 1, 50) as name_start, max(case when usesuper then 1 else 0 end) as is_superuser
  from pg_user
  group by substring(cast(usename as varchar(128)), 1, 50)
) inner_user on inner_user.name_start = split_part(rtrim(s.user_name), chr(58), 2)
  and split_part(rtrim(s.user_name), chr(58), 1) in ('IAM', 'IAMA')
left join (
  ${wholeNameSql({ view: 'stv_sessions', column: 'user_name', catalog: 'pg_user', name: 'usename', flag: 'usesuper', prefixed: true })}
) n on n.shown_name = rtrim(s.user_name)
left join (
  ${wholeNameSql({ view: 'stv_sessions', column: 'db_name', catalog: 'pg_database', name: 'datname' })}
) d on d.shown_name = rtrim(s.db_name)
left join (
  select distinct pid from stv_inflight
) i on i.pid = s.process
left join (
  select distinct pid from stv_recents where coalesce(rtrim(status), '') <> 'Done'
) r on r.pid = s.process
left join (
  select
    pid,
    max(txn_start) as started_at,
    max(case
      when granted = 't' and rtrim(lockable_object_type) = 'relation' and rtrim(lock_mode) <> 'AccessShareLock' then 1
      else 0
    end) as holds_locks
  from svv_transactions
  group by pid
) t on t.pid = s.process
left join (
  select
    pid,
    max(endtime) as ended_at,
    max(case
      when lower(text) like 'create temp%' or lower(text) like 'create local temp%' or lower(text) like 'create table #%'
        or lower(text) like '% into temp%' or lower(text) like '% into #%' then endtime
      else null
    end) as temp_table_at
  from svl_statementtext
  where userid > 1 and sequence = 0 and pid in (select process from stv_sessions)
  group by pid
) e on e.pid = s.process and e.ended_at >= s.starttime
left join (
  select pid, application_name, recordtime, row_number() over (partition by pid order by recordtime desc) as age
  from stl_connection_log
  where rtrim(application_name) <> '' and pid in (select process from stv_sessions)
) a on a.pid = s.process and a.age = 1 and a.recordtime >= s.starttime - interval '2 seconds'
left join (
  select pid, remotehost, recordtime, row_number() over (partition by pid order by recordtime desc) as age
  from stl_connection_log
  where rtrim(remotehost) <> '' and pid in (select process from stv_sessions)
) h on h.pid = s.process and h.age = 1 and h.recordtime >= s.starttime - interval '2 seconds'
order by s.process, s.starttime
`.trim();
