-- Every client session of the server, without regard to who asks; the views on top of it decide what their reader sees.
-- Background workers are no sessions on Redshift and never appear.
create function pg_slotkeeper.backends() returns table (
  pid integer, role_oid oid, user_id integer, user_name name, database_oid oid, database_name name, application_name text,
  remote_host text, remote_port integer, started_at timestamptz, transaction_start timestamptz, statement_start timestamptz,
  state_change timestamptz, state text, statement text
)
language plpgsql stable security definer set search_path = pg_catalog
as $$
begin
  -- PostgreSQL shows one picture of its sessions per transaction; Redshift's STV views show the present at each look.
  perform pg_stat_clear_snapshot();
  return query
    select a.pid, a.usesysid, pg_slotkeeper.user_id(a.usesysid, a.usename), a.usename, a.datid, a.datname, a.application_name,
      coalesce(host(a.client_addr), '[local]'), a.client_port, a.backend_start, a.xact_start, a.query_start, a.state_change, a.state, a.query
    from pg_stat_activity a
    where a.backend_type = 'client backend' and a.usename is not null and a.datname is not null;
end
$$;

-- The SESSION TIMEOUT in seconds (0: none) that was in force for a user at a moment: sessions keep what they started with.
create function pg_slotkeeper.session_timeout(role_oid oid, moment timestamptz) returns integer
language sql stable security definer set search_path = pg_catalog
as $$
  select coalesce((
    select split_part(entry, ':', 2)::integer
    from pg_db_role_setting s
    cross join unnest(s.setconfig) as config (line)
    cross join string_to_table(split_part(line, '=', 2), ',') with ordinality as entries (entry, position)
    where s.setrole = role_oid and s.setdatabase = 0 and line like 'slotkeeper.session_timeouts=%'
      and to_timestamp(split_part(entry, ':', 1)::double precision) <= moment
    order by position desc
    limit 1
  ), 0)
$$;

-- What ALTER USER … SESSION TIMEOUT n and RESET SESSION TIMEOUT (n = 0) do. PostgreSQL's own idle timers enforce it, in real time.
create function pg_slotkeeper.set_session_timeout(role_name text, seconds bigint) returns void
language plpgsql
as $$
declare
  entries text;
begin
  if seconds <> 0 and seconds not between 60 and 1728000 then
    raise exception 'SESSION TIMEOUT must be between 60 and 1728000 seconds, got %', seconds using errcode = 'invalid_parameter_value';
  end if;
  select split_part(line, '=', 2) into entries
  from pg_catalog.pg_db_role_setting s
  join pg_catalog.pg_roles r on r.oid = s.setrole and r.rolname = role_name
  cross join unnest(s.setconfig) as config (line)
  where s.setdatabase = 0 and line like 'slotkeeper.session_timeouts=%';
  entries := concat_ws(',', entries, extract(epoch from clock_timestamp()) || ':' || seconds);
  execute format('alter role %I set slotkeeper.session_timeouts = %L', role_name, entries);
  execute format('alter role %I set idle_session_timeout = %L', role_name, seconds || 's');
  execute format('alter role %I set idle_in_transaction_session_timeout = %L', role_name, seconds || 's');
end
$$;

-- Relations that are part of the system: a statement that touches nothing else runs on the leader node alone.
create function pg_slotkeeper.is_system_relation(relation oid) returns boolean
language sql stable security definer set search_path = pg_catalog
as $$
  select relation < 16384 or exists (
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = relation and n.nspname in ('pg_catalog', 'pg_slotkeeper', 'information_schema', 'pg_toast')
  )
$$;

-- Log views keep statements in pieces, with line breaks written as \n.
create function pg_slotkeeper.log_text(statement text) returns text
language sql immutable parallel safe
as $$ select replace(replace(statement, E'\r', '\r'), E'\n', '\n') $$;
