-- "You can terminate a session owned by your user. A superuser can terminate any session." Nothing else helps: membership in
-- PostgreSQL's pg_signal_backend is without effect here, because Redshift has no such role.
-- Who asks is the session's user (or the role it has set), not the owner of a SECURITY DEFINER function around the call: that this
-- would work on Redshift is not documented, so it does not work here.
create function pg_slotkeeper.may_signal(owner oid, also_role text) returns boolean
language sql stable security definer set search_path = pg_catalog
as $$
  select asker.rolsuper or asker.oid = owner or (also_role is not null and pg_has_role(asker.rolname, also_role, 'member'))
  from pg_roles asker
  where asker.rolname = case current_setting('role') when 'none' then session_user else current_setting('role')::name end
$$;

-- Whose client session this is; null if it is none. The transaction's picture of the sessions is asked first: to take a new one for
-- each of 500 victims would cost a second.
create function pg_slotkeeper.owner_of(target_pid integer) returns oid
language plpgsql stable security definer set search_path = pg_catalog
as $$
declare
  owner oid;
begin
  for attempt in 1..2 loop
    select a.usesysid into owner from pg_stat_get_activity(target_pid) a where a.backend_type = 'client backend';
    exit when owner is not null;
    perform pg_stat_clear_snapshot();
  end loop;
  return owner;
end
$$;

-- The server's own functions move out of the way: on Redshift both take one argument and their documented return type is "None".
-- A guess: both answer 1 (the signal was sent) or 0, as pg_cancel_backend did in PostgreSQL 8.0, of which Redshift is made. That version had
-- no pg_terminate_backend; PostgreSQL's own answers a boolean.
do $$
begin
  if to_regprocedure('pg_catalog.slotkeeper_cancel_backend(integer)') is null then
    alter function pg_catalog.pg_cancel_backend(integer) rename to slotkeeper_cancel_backend;
    alter function pg_catalog.pg_terminate_backend(integer, bigint) rename to slotkeeper_terminate_backend;
  end if;
end
$$;
revoke execute on function pg_catalog.slotkeeper_cancel_backend(integer) from public;
revoke execute on function pg_catalog.slotkeeper_terminate_backend(integer, bigint) from public;

create function pg_catalog.pg_terminate_backend(pid integer) returns integer
language plpgsql volatile strict security definer set search_path = pg_catalog
as $$
declare
  owner oid := pg_slotkeeper.owner_of(pid);
begin
  if owner is null then
    raise warning 'Session % does not exist. The session PID might have changed. Check the stl_restarted_sessions system table for details.', pid;
    return 0;
  end if;
  if not pg_slotkeeper.may_signal(owner, null) then
    raise exception 'must be superuser to terminate other users'' sessions' using errcode = 'insufficient_privilege',
      hint = 'A user can terminate the sessions of the same user.';
  end if;
  return pg_catalog.slotkeeper_terminate_backend(pid, 0)::integer;
end
$$;

create function pg_catalog.pg_cancel_backend(pid integer) returns integer
language plpgsql volatile strict security definer set search_path = pg_catalog
as $$
declare
  owner oid := pg_slotkeeper.owner_of(pid);
begin
  if owner is null then
    raise exception 'Session % does not exist. The session PID might have changed. Check the stl_restarted_sessions system table for details.', pid
      using errcode = 'invalid_parameter_value';
  end if;
  if not pg_slotkeeper.may_signal(owner, 'sys:operator') then
    raise exception 'must be superuser to cancel other users'' queries' using errcode = 'insufficient_privilege',
      hint = 'A user can cancel the queries of the same user.';
  end if;
  return pg_catalog.slotkeeper_cancel_backend(pid)::integer;
end
$$;
