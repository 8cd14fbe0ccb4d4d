import { ENDED_STATUSES, LIVE_SESSIONS } from './serverless-sql-parts.ts';

/**
 * Asks a Redshift Serverless workgroup for every session, what it does, and since when it does nothing.
 *
 * It gives the rows of {@link REDSHIFT_SESSION_SQL}, of other views: STV, STL and SVL views hold data only on provisioned
 * clusters (AWS page cm_chap_system-tables). As there, it is one statement with one row per session, whatever the joined
 * views hold: each joined table is reduced to one row per session (or user) first; it keeps to what Redshift shares with
 * PostgreSQL, and times leave as digits, flags as 0 and 1. What is different:
 *
 * - SYS_SESSION_HISTORY has ended sessions too, and no user's name: PG_USER has it, by the id, which is text on one side
 *   and a number on the other. Names are whole there, 127 bytes. A session whose user is not in PG_USER is never ended.
 * - Starts of live sessions are cut to the second, those of ended ones are not (example of that page): identities are of
 *   whole seconds, and joins to what a session did have two seconds of slack.
 * - SYS_QUERY_HISTORY has running and ended statements. The status tells which, not the end: the page's first example has
 *   a running one with an end. Whatever is not known to have ended counts as running.
 * - Open transactions are in no SYS view: SYS_TRANSACTION_HISTORY has two states, committed and rolledback (its page).
 *   SVV_TRANSACTIONS has them, with their locks. The guide lists it apart from the views for provisioned clusters only, but no page
 *   says that it works on a workgroup. So the statement looks for itself: the session that asks is in a transaction, and
 *   whether it finds its own is `transactions_shown`. Where it finds others' only, the view may leave out those without a
 *   table's lock, as its page can be read; where it finds none, `transaction_ended` tells at least of whom it is known that
 *   its newest transaction has ended.
 *
 * It needs a superuser, or SYSLOG ACCESS UNRESTRICTED and SELECT on SYS_CONNECTION_LOG and SYS_TRANSACTION_HISTORY.
 *
 * Columns: AWS pages SYS_SESSION_HISTORY, SYS_QUERY_HISTORY, SYS_TRANSACTION_HISTORY, SYS_CONNECTION_LOG, r_SVV_TRANSACTIONS,
 * r_PG_USER, r_SVV_USER_INFO of the Redshift database developer guide.
 */
export const SERVERLESS_SESSION_SQL = `
select
  s.session_id as pid,
  to_char(s.start_time, 'YYYYMMDDHH24MISS') as started_at,
  coalesce(u.user_name, q.user_name, 'user id ' || s.user_id) as user_name,
  s.database_name as database_name,
  s.session_timeout as timeout_seconds,
  case when s.session_id = pg_backend_pid() then 1 else 0 end as is_own,
  coalesce(q.is_running, 0) as is_running,
  case when t.pid is null then 0 else 1 end as in_transaction,
  coalesce(t.holds_locks, 0) as holds_locks,
  to_char(t.started_at, 'YYYYMMDDHH24MISSUS') as transaction_started_at,
  to_char(q.ended_at, 'YYYYMMDDHH24MISSUS') as statement_ended_at,
  coalesce(u.is_superuser, 0) as is_superuser,
  coalesce(u.is_bootstrap, 0) as is_bootstrap,
  a.application_name as application_name,
  h.remote_host as client_host,
  to_char(q.temp_table_at, 'YYYYMMDDHH24MISSUS') as temp_table_at,
  case when c.may_end_others = 1 or l.sees_log = 1 then 1 else 0 end as sees_everyone,
  coalesce(c.may_end_others, 0) as may_end_others,
  pg_backend_pid() as own_pid,
  to_char(getdate(), 'YYYYMMDDHH24MISSUS') as server_now,
  case when u.user_id is null then 0 else 1 end as user_known,
  coalesce(v.shown, 0) as transactions_shown,
  coalesce(v.others_shown, 0) as others_transactions_shown,
  case when e.transaction_id is null then 0 else 1 end as transaction_ended
from (
  ${LIVE_SESSIONS}
) s
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
cross join (
  select
    max(case when pid = pg_backend_pid() then 1 else 0 end) as shown,
    max(case when pid <> pg_backend_pid() then 1 else 0 end) as others_shown
  from svv_transactions
) v
left join (
  select
    cast(usesysid as varchar(50)) as user_id,
    max(cast(usename as varchar(128))) as user_name,
    max(case when usesuper then 1 else 0 end) as is_superuser,
    max(case when usesysid <= 1 then 1 else 0 end) as is_bootstrap
  from pg_user
  group by usesysid
) u on u.user_id = s.user_id
left join (
  select
    r.session_id,
    r.start_time,
    max(rtrim(h.username)) as user_name,
    max(case when rtrim(h.status) in (${ENDED_STATUSES}) then 0 else 1 end) as is_running,
    max(case when rtrim(h.status) in (${ENDED_STATUSES}) then h.end_time else null end) as ended_at,
    max(case
      when lower(h.query_text) like 'create temp%' or lower(h.query_text) like 'create local temp%'
        or lower(h.query_text) like 'create table #%' or lower(h.query_text) like '% into temp%'
        or lower(h.query_text) like '% into #%' then h.end_time
      else null
    end) as temp_table_at
  from sys_query_history h
  join (
    ${LIVE_SESSIONS}
  ) r on r.session_id = h.session_id and h.start_time >= r.start_time - interval '2 seconds'
  group by r.session_id, r.start_time
) q on q.session_id = s.session_id and q.start_time = s.start_time
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
) t on t.pid = s.session_id
left join (
  select session_id, start_time, transaction_id, row_number() over (partition by session_id order by start_time desc) as age
  from sys_query_history
  where session_id in (select session_id from sys_session_history where rtrim(status) = 'active')
) n on n.session_id = s.session_id and n.age = 1 and n.start_time >= s.start_time - interval '2 seconds'
left join (
  select distinct transaction_id
  from sys_transaction_history
  where rtrim(status) in ('committed', 'rolledback')
) e on e.transaction_id = n.transaction_id
left join (
  select session_id, application_name, record_time, row_number() over (partition by session_id order by record_time desc) as age
  from sys_connection_log
  where rtrim(application_name) <> '' and session_id in (select session_id from sys_session_history where rtrim(status) = 'active')
) a on a.session_id = s.session_id and a.age = 1 and a.record_time >= s.start_time - interval '2 seconds'
left join (
  select session_id, remote_host, record_time, row_number() over (partition by session_id order by record_time desc) as age
  from sys_connection_log
  where rtrim(remote_host) <> '' and session_id in (select session_id from sys_session_history where rtrim(status) = 'active')
) h on h.session_id = s.session_id and h.age = 1 and h.record_time >= s.start_time - interval '2 seconds'
order by s.session_id, s.start_time
`.trim();
