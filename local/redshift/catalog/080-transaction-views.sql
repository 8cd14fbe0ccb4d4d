-- One row per relation that an open transaction has locked or waits for, and one for the transaction itself, as in the page's example.
create view pg_slotkeeper.transaction_locks as
with backends as materialized (
  select b.*, pg_slotkeeper.number_of(b.pid, b.transaction_start) as xid,
    pg_slotkeeper.virtual_time(b.transaction_start, (select pg_slotkeeper.clock())) as txn_start,
    pg_slotkeeper.virtual_time(b.statement_start, (select pg_slotkeeper.clock())) as last_statement
  from pg_slotkeeper.backends() b
  where b.transaction_start is not null
)
select b.user_name, b.database_name, b.xid, b.pid, b.txn_start, b.last_statement, l.mode, 'relation' as kind, l.relation, l.granted
from backends b
join pg_catalog.pg_locks l on l.pid = b.pid and l.locktype = 'relation'
where not pg_slotkeeper.is_system_relation(l.relation)
union all
select b.user_name, b.database_name, b.xid, b.pid, b.txn_start, b.last_statement, 'ExclusiveLock', 'transactionid', null, true
from backends b;

-- SVV_TRANSACTIONS.
create view pg_catalog.svv_transactions as
select t.user_name::text as txn_owner, t.database_name::text as txn_db, t.xid as xid, t.pid as pid, t.txn_start as txn_start,
  t.mode as lock_mode, t.kind as lockable_object_type, t.relation::bigint::integer as relation, t.granted as granted
from pg_slotkeeper.transaction_locks t
where (select pg_slotkeeper.sees_all()) or t.user_name = current_user;
grant select on pg_catalog.svv_transactions to public;

-- STV_LOCKS, superusers only: tables that a transaction is changing.
create view pg_catalog.stv_locks as
select t.relation::bigint as table_id, null::timestamp as last_commit, t.last_statement as last_update, t.xid as lock_owner,
  t.pid::bigint as lock_owner_pid, t.txn_start as lock_owner_start_ts, null::timestamp as lock_owner_end_ts,
  (case when not t.granted then 'Waiting for write lock' when t.mode = 'RowExclusiveLock' then 'Holding insert lock'
        else 'Holding write lock' end)::character(22) as lock_status
from pg_slotkeeper.transaction_locks t
where t.kind = 'relation' and t.mode not in ('AccessShareLock', 'RowShareLock');

-- SYS_TRANSACTION_HISTORY, superusers only. PostgreSQL keeps no history of transactions: right columns, no rows.
create view pg_catalog.sys_transaction_history as
select null::integer as user_id, null::bigint as transaction_id, null::text as isolation_level, null::text as status,
  null::timestamp as transaction_start_time, null::timestamp as commit_start_time, null::timestamp as commit_end_time,
  null::bigint as blocks_committed, null::bigint as undo_transaction_id
where false;
