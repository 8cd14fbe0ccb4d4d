-- STV_SESSIONS: start cut to the second, names to 50 bytes. "Superusers can see all rows; regular users can see only their own data."
create view pg_catalog.stv_sessions as
select date_trunc('second', pg_slotkeeper.virtual_time(b.started_at, (select pg_slotkeeper.clock()))) as starttime,
  b.pid as process,
  pg_slotkeeper.cut(b.user_name::text, 50)::character(50) as user_name,
  pg_slotkeeper.cut(b.database_name::text, 50)::character(50) as db_name,
  pg_slotkeeper.session_timeout(b.role_oid, b.started_at) as timeout_sec
from pg_slotkeeper.backends() b
where not (select pg_slotkeeper.of_workgroup()) and ((select pg_slotkeeper.sees_all()) or b.user_name = current_user);
grant select on pg_catalog.stv_sessions to public;

-- STL_SESSIONS: sessions that have ended. timed_out: 0 unknown error, 1 timeout, 2 ended by the client, 3 internal error of the backend.
create view pg_catalog.stl_sessions as
select e.user_id as userid, e.started_at as starttime, e.ended_at as endtime, e.pid as process,
  pg_slotkeeper.cut(e.user_name, 50)::character(50) as user_name,
  pg_slotkeeper.cut(e.database_name, 50)::character(50) as db_name,
  e.timeout_seconds as timeout_sec,
  case e.ending when 'timed out' then 1 when 'closed' then 2 else 0 end as timed_out
from pg_slotkeeper.ended_sessions e
where not (select pg_slotkeeper.of_workgroup()) and ((select pg_slotkeeper.sees_all()) or e.user_name = current_user);
grant select on pg_catalog.stl_sessions to public;

-- SYS_SESSION_HISTORY: live and ended sessions. The page gives the status no length: that of the longest, `timed out`. In its example the
-- start of the active session is cut to the second and those of closed ones are not.
create view pg_catalog.sys_session_history as
select b.user_id::text::character(50) as user_id, b.pid as session_id,
  pg_slotkeeper.cut(b.database_name::text, 50)::character(50) as database_name,
  'active'::character(9) as status,
  pg_slotkeeper.session_timeout(b.role_oid, b.started_at) as session_timeout,
  date_trunc('second', pg_slotkeeper.virtual_time(b.started_at, (select pg_slotkeeper.clock()))) as start_time,
  null::timestamp as end_time
from pg_slotkeeper.backends() b
where (select pg_slotkeeper.sees_all()) or b.user_name = current_user
union all
select e.user_id::text::character(50), e.pid, pg_slotkeeper.cut(e.database_name, 50)::character(50),
  (case e.ending when 'timed out' then 'timed out' else 'closed' end)::character(9),
  e.timeout_seconds, e.started_at, e.ended_at
from pg_slotkeeper.ended_sessions e
where (select pg_slotkeeper.sees_all()) or e.user_name = current_user;
grant select on pg_catalog.sys_session_history to public;

-- The events of a session's life, as far as PostgreSQL knows them: how it began, the name its application has now, how it ended.
create view pg_slotkeeper.connection_events as
with sessions as (
  select b.pid, b.user_id, b.user_name::text as user_name, b.database_name::text as database_name, b.application_name, b.remote_host,
    b.remote_port::text as remote_port, pg_slotkeeper.virtual_time(b.started_at, (select pg_slotkeeper.clock())) as started_at,
    null::timestamp as ended_at, null::text as ending
  from pg_slotkeeper.backends() b
  union all
  select e.pid, e.user_id, e.user_name, e.database_name, e.application_name, e.remote_host, e.remote_port, e.started_at, e.ended_at, e.ending
  from pg_slotkeeper.ended_sessions e
)
select s.*, 'authenticated' as event, s.started_at as at, 0 as duration from sessions s
union all
select s.*, 'initiating session', s.started_at, 0 from sessions s
union all
select s.*, 'set application_name', s.started_at, 0 from sessions s where s.application_name <> ''
union all
select s.*, 'Terminating backend on administrator''s request', s.ended_at, 0 from sessions s where s.ending = 'terminated'
union all
select s.*, 'disconnecting session', s.ended_at,
  least(extract(epoch from s.ended_at - s.started_at) * 1000000, 2147483647)::integer
from sessions s where s.ending is not null;

-- STL_CONNECTION_LOG, superusers only. What follows protocol_version could not be checked: that sessionid comes first, and the compression
-- with its length, are guesses.
create view pg_slotkeeper.connection_log as
select c.event::character(50) as event, c.at as recordtime, c.remote_host::character(45) as remotehost,
  c.remote_port::character(32) as remoteport, c.pid as pid,
  pg_slotkeeper.cut(c.database_name, 50)::character(50) as dbname, pg_slotkeeper.cut(c.user_name, 50)::character(50) as username,
  'trust'::character(32) as authmethod, c.duration as duration,
  ''::character(50) as sslversion, ''::character(128) as sslcipher, 0 as mtu, ''::character(64) as sslcompression,
  ''::character(64) as sslexpansion, ''::character(36) as iamauthguid, c.application_name::character(250) as application_name,
  ''::character(64) as os_version, ''::character(64) as driver_version, ''::character(32) as plugin_name, 0 as protocol_version,
  overlay(overlay(overlay(overlay(md5(c.pid || '@' || c.started_at) placing '-' from 9 for 0) placing '-' from 14 for 0)
    placing '-' from 19 for 0) placing '-' from 24 for 0)::character(36) as sessionid,
  ''::character(8) as compression
from pg_slotkeeper.connection_events c;

create view pg_catalog.stl_connection_log as
select l.* from pg_slotkeeper.connection_log l where not (select pg_slotkeeper.of_workgroup());

-- SYS_CONNECTION_LOG, superusers only.
create view pg_catalog.sys_connection_log as
select event, recordtime as record_time, remotehost as remote_host, remoteport as remote_port, pid as session_id, dbname as database_name,
  username as user_name, authmethod as auth_method, duration, sslversion as ssl_version, sslcipher as ssl_cipher, mtu,
  sslcompression as ssl_compression, sslexpansion as ssl_expansion, iamauthguid as iam_auth_guid, application_name, driver_version,
  os_version, plugin_name, protocol_version, sessionid as global_session_id
from pg_slotkeeper.connection_log;

-- STL_RESTARTED_SESSIONS: PostgreSQL never moves a session to another process.
create view pg_catalog.stl_restarted_sessions as
select null::timestamp as currenttime, null::character(50) as dbname, null::integer as newpid, null::integer as oldpid,
  null::character(50) as username, null::character(45) as remotehost, null::character(32) as remoteport, null::timestamp as parkedtime,
  null::character(2000) as session_vars
where false;
grant select on pg_catalog.stl_restarted_sessions to public;
