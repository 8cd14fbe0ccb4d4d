-- What the catalog below is made of. The schema's name begins with pg_, so tools that hide system schemas hide it too.
create schema pg_slotkeeper;
grant usage on schema pg_slotkeeper to public;

-- Roles are shared by all databases, so this part runs once per database and must find its own work already done.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'rdsdb') then
    -- Amazon Redshift runs its own sessions as rdsdb; they show in stv_sessions and take a slot.
    create role rdsdb superuser login;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'slotkeeper:syslog_unrestricted') then
    -- Membership is what ALTER USER … SYSLOG ACCESS UNRESTRICTED gives: only a superuser can grant it, as on Redshift.
    create role "slotkeeper:syslog_unrestricted" nologin;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'sys:operator') then
    create role "sys:monitor" nologin;
    create role "sys:operator" nologin;
    create role "sys:dba" nologin;
    create role "sys:secadmin" nologin;
    create role "sys:superuser" nologin;
  end if;
end
$$;

-- May the current user see other users' rows of the user-visible views?
create function pg_slotkeeper.sees_all() returns boolean
language sql stable
as $$
  select exists (select from pg_catalog.pg_roles where rolname = current_user and rolsuper)
      or pg_catalog.pg_has_role(current_user, 'slotkeeper:syslog_unrestricted', 'member')
$$;

-- Was the asking session opened through the workgroup's endpoint? Then the views for provisioned clusters hold nothing for it. What
-- carries the answer is a setting that PostgreSQL fixes when a session starts and lets nobody change later, so that no statement of a
-- client can leave another window behind in a session that others use after it. It has no other effect: there is no JIT here.
grant set on parameter jit_debugging_support to public;
create function pg_slotkeeper.of_workgroup() returns boolean
language sql stable
as $$ select current_setting('jit_debugging_support')::boolean $$;

-- Redshift numbers its users from 100 (the first superuser); 1 is rdsdb. PostgreSQL's first superuser is 10.
create function pg_slotkeeper.user_id(role_oid oid, role_name name) returns integer
language sql immutable
as $$ select case when role_name = 'rdsdb' then 1 when role_oid = 10 then 100 else role_oid::bigint::integer end $$;

-- Redshift's views cut names to so many bytes, not characters.
create function pg_slotkeeper.cut(value text, bytes integer) returns text
language plpgsql immutable
as $$
declare
  result text := left(value, bytes);
begin
  while octet_length(result) > bytes loop
    result := left(result, -1);
  end loop;
  return result;
end
$$;

-- A stable positive number for something Redshift numbers and PostgreSQL does not (query ids, read-only transactions).
create function pg_slotkeeper.number_of(pid integer, moment timestamptz) returns bigint
language sql immutable
as $$ select (hashtextextended(pid || '@' || extract(epoch from moment), 0) & 2147483647)::bigint $$;

-- Sessions that have ended, written by the embedded server's keeper when PostgreSQL logs a disconnection.
create table pg_slotkeeper.ended_sessions (
  pid integer not null,
  user_id integer not null,
  user_name text not null,
  database_name text not null,
  application_name text not null,
  remote_host text not null,
  remote_port text not null,
  started_at timestamp not null,
  ended_at timestamp not null,
  timeout_seconds integer not null,
  ending text not null check (ending in ('closed', 'terminated', 'timed out'))
);
create index on pg_slotkeeper.ended_sessions (ended_at);
