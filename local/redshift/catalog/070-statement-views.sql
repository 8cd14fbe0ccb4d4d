-- STV_INFLIGHT: statements that run now, save those that only the leader node works on (they touch no user's table).
-- "If the query is not file-based or the QUERY_GROUP parameter is not set", the label is blank.
create view pg_catalog.stv_inflight as
select b.user_id as userid, 12811 as slice, pg_slotkeeper.number_of(b.pid, b.statement_start)::integer as query,
  ''::character(320) as label, pg_slotkeeper.number_of(b.pid, b.transaction_start) as xid, b.pid as pid,
  pg_slotkeeper.virtual_time(b.statement_start, (select pg_slotkeeper.clock())) as starttime,
  left(pg_slotkeeper.log_text(b.statement), 100)::character(100) as text, 0 as suspended, 0 as insert_pristine,
  0 as concurrency_scaling_status
from pg_slotkeeper.backends() b
where b.state = 'active'
  and b.pid in (
    select l.pid from pg_catalog.pg_locks l where l.locktype = 'relation' and not pg_slotkeeper.is_system_relation(l.relation)
  )
  and not (select pg_slotkeeper.of_workgroup())
  and ((select pg_slotkeeper.sees_all()) or b.user_name = current_user);
grant select on pg_catalog.stv_inflight to public;

-- STV_RECENTS: running statements, leader-node ones too, and those done a while ago, whose pid is -1. The page says of `duration` both
-- "since the session started" and "the duration a query has been running"; its examples fit the latter.
create view pg_catalog.stv_recents as
select b.user_id as userid, (case when b.state = 'active' then 'Running' else 'Done' end)::character(20) as status,
  pg_slotkeeper.virtual_time(b.statement_start, (select pg_slotkeeper.clock())) as starttime,
  least(extract(epoch from
    pg_slotkeeper.virtual_time(case when b.state = 'active' then clock_timestamp() else b.state_change end, (select pg_slotkeeper.clock()))
    - pg_slotkeeper.virtual_time(b.statement_start, (select pg_slotkeeper.clock()))) * 1000000, 2147483647)::integer as duration,
  pg_slotkeeper.cut(b.user_name::text, 50)::character(50) as user_name,
  pg_slotkeeper.cut(b.database_name::text, 50)::character(50) as db_name,
  left(pg_slotkeeper.log_text(b.statement), 600)::character(600) as query,
  case when b.state = 'active' then b.pid else -1 end as pid
from pg_slotkeeper.backends() b
where b.statement_start is not null and b.statement <> ''
  and not (select pg_slotkeeper.of_workgroup())
  and ((select pg_slotkeeper.sees_all()) or b.user_name = current_user);
grant select on pg_catalog.stv_recents to public;

-- The newest statement of each live session. Earlier ones, and those of ended sessions, are not kept: so a pid that is used again
-- never shows another session's statements here.
create view pg_slotkeeper.statements as
select b.*, pg_slotkeeper.virtual_time(b.statement_start, (select pg_slotkeeper.clock())) as start_time,
  case when b.state <> 'active' then pg_slotkeeper.virtual_time(b.state_change, (select pg_slotkeeper.clock())) end as end_time,
  pg_slotkeeper.number_of(b.pid, b.statement_start) as query_id,
  pg_slotkeeper.number_of(b.pid, coalesce(b.transaction_start, b.statement_start)) as transaction_id,
  upper(substring(b.statement from '^[^a-zA-Z]*([a-zA-Z]+)')) as command
from pg_slotkeeper.backends() b
where b.statement_start is not null and b.statement <> '';

-- SVL_STATEMENTTEXT: statements that have ended, in pieces of 200 characters. The label is blank as in STV_INFLIGHT.
create view pg_catalog.svl_statementtext as
select s.user_id as userid, s.transaction_id as xid, s.pid as pid, ''::character(320) as label, s.start_time as starttime,
  s.end_time as endtime, piece as sequence,
  (case when s.command in ('SELECT', 'WITH', 'INSERT', 'UPDATE', 'DELETE', 'COPY', 'UNLOAD', 'MERGE') then 'QUERY'
        when s.command in ('CREATE', 'ALTER', 'DROP', 'TRUNCATE', 'GRANT', 'REVOKE', 'COMMENT') then 'DDL'
        else 'UTILITY' end)::varchar(10) as type,
  substr(pg_slotkeeper.log_text(s.statement), piece * 200 + 1, 200)::character(200) as text
from pg_slotkeeper.statements s
cross join lateral generate_series(0, (length(pg_slotkeeper.log_text(s.statement)) - 1) / 200) as piece
where s.end_time is not null and not (select pg_slotkeeper.of_workgroup()) and ((select pg_slotkeeper.sees_all()) or s.user_name = current_user);
grant select on pg_catalog.svl_statementtext to public;

-- The same for statements that differ in their numbers and strings only.
create function pg_slotkeeper.without_literals(statement text) returns text
language sql immutable parallel safe
as $$ select regexp_replace(statement, '''([^'']|'''')*''|\m\d+(\.\d+)?\M', '?', 'g') $$;

-- SYS_QUERY_HISTORY: running and ended statements, leader-node ones too. A running one has an end as well, the present moment: so it is in
-- the page's first example. On a workgroup the columns of queues and priorities are empty, and the service class is -1.
create view pg_catalog.sys_query_history as
select s.user_id as user_id, s.query_id as query_id, 'default'::character(320) as query_label, s.transaction_id as transaction_id,
  s.pid as session_id, s.database_name::text::character(128) as database_name,
  (case when s.command in ('SELECT', 'WITH') then 'SELECT'
        when s.command in ('INSERT', 'UPDATE', 'DELETE', 'UNLOAD', 'COPY') then s.command
        when s.command in ('CREATE', 'ALTER', 'DROP', 'TRUNCATE', 'GRANT', 'REVOKE', 'COMMENT') then 'DDL'
        else 'UTILITY' end)::character(32) as query_type,
  (case when s.state = 'active' then 'running' when s.state = 'idle in transaction (aborted)' then 'failed' else 'success' end)::character(10)
    as status,
  false as result_cache_hit, s.start_time as start_time, coalesce(s.end_time, timing.present) as end_time,
  timing.elapsed as elapsed_time, 0::bigint as queue_time, timing.elapsed as execution_time, ''::character(512) as error_message,
  0::bigint as returned_rows, 0::bigint as returned_bytes, left(pg_slotkeeper.log_text(s.statement), 4000)::character(4000) as query_text,
  ''::character(256) as redshift_version, ''::character(150) as usage_limit, 'primary'::varchar(32) as compute_type,
  0::bigint as compile_time, 0::bigint as planning_time, 0::bigint as lock_wait_time,
  case when (select pg_slotkeeper.of_workgroup()) then -1 else 100 end as service_class_id,
  (case when (select pg_slotkeeper.of_workgroup()) then '' else 'Default queue' end)::character(64) as service_class_name,
  (case when (select pg_slotkeeper.of_workgroup()) then '' else 'normal' end)::character(20) as query_priority,
  (case when (select pg_slotkeeper.of_workgroup()) then '' else 'false' end)::character(10) as short_query_accelerated, md5(s.statement)::character(40) as user_query_hash,
  md5(pg_slotkeeper.without_literals(s.statement))::character(40) as generic_query_hash, 1 as query_hash_version,
  0 as result_cache_query_id, s.user_name::text::character(128) as username
from pg_slotkeeper.statements s
cross join lateral (
  select pg_slotkeeper.virtual_time(clock_timestamp(), (select pg_slotkeeper.clock())) as present
) as now
cross join lateral (
  select now.present, (extract(epoch from coalesce(s.end_time, now.present) - s.start_time) * 1000000)::bigint as elapsed
) as timing
where (select pg_slotkeeper.sees_all()) or s.user_name = current_user;
grant select on pg_catalog.sys_query_history to public;
