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

-- SVV_TRANSACTIONS. The guide has it among the metadata views, not among those for provisioned clusters only, and no SYS view tells of
-- open transactions: so it shows them on a workgroup as well (guess).
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
where not (select pg_slotkeeper.of_workgroup()) and t.kind = 'relation' and t.mode not in ('AccessShareLock', 'RowShareLock');

-- SYS_TRANSACTION_HISTORY, superusers only: transactions that have ended, committed or rolledback. PostgreSQL keeps no history of them: what is
-- known is how the newest statement of each live session ended, if it ended a transaction.
create view pg_catalog.sys_transaction_history as
select s.user_id as user_id, s.transaction_id as transaction_id, 'Serializable'::text as isolation_level,
  case when s.command in ('ROLLBACK', 'ABORT') then 'rolledback' else 'committed' end as status,
  s.start_time as transaction_start_time, s.end_time as commit_start_time, s.end_time as commit_end_time,
  0::bigint as blocks_committed, (-1)::bigint as undo_transaction_id
from pg_slotkeeper.statements s
where s.state = 'idle';
