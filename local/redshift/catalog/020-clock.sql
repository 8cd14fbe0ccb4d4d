-- The embedded cloud's clock runs ahead of the machine's by steps: each step says from which real moment on, and by how much.
-- Steps are kept as a setting of the role rdsdb, because settings of roles are shared by all databases.
create type pg_slotkeeper.clock_step as (real_at timestamptz, ahead interval);

create function pg_slotkeeper.clock() returns pg_slotkeeper.clock_step[]
language sql stable security definer set search_path = pg_catalog
as $$
  select coalesce(array_agg(row(
           to_timestamp(split_part(step, ':', 1)::double precision),
           split_part(step, ':', 2)::double precision * interval '1 millisecond'
         )::pg_slotkeeper.clock_step), '{}')
  from pg_db_role_setting s
  join pg_roles r on r.oid = s.setrole and r.rolname = 'rdsdb'
  cross join unnest(s.setconfig) as config (line)
  cross join string_to_table(split_part(line, '=', 2), ',') as step
  where s.setdatabase = 0 and line like 'slotkeeper.clock=%'
$$;

-- The virtual moment (timestamp in UTC) at which something happened at a real moment: the offset that was in force then counts,
-- so what was there before an advance of half an hour is half an hour older after it.
create function pg_slotkeeper.virtual_time(real_moment timestamptz, clock pg_slotkeeper.clock_step[]) returns timestamp
language plpgsql immutable parallel safe
as $$
declare
  step pg_slotkeeper.clock_step;
  ahead interval := '0';
begin
  foreach step in array clock loop
    if step.real_at <= real_moment and step.ahead > ahead then
      ahead := step.ahead;
    end if;
  end loop;
  return (real_moment + ahead) at time zone 'UTC';
end
$$;

-- Called by the embedded server when its clock is advanced, and once at start with `restart`, when also the log is cut: Redshift's STL
-- views go back seven days.
create function pg_slotkeeper.set_clock(ahead_ms double precision, restart boolean) returns void
language plpgsql
as $$
declare
  steps text;
begin
  select split_part(line, '=', 2) into steps
  from pg_catalog.pg_db_role_setting s
  join pg_catalog.pg_roles r on r.oid = s.setrole and r.rolname = 'rdsdb'
  cross join unnest(s.setconfig) as config (line)
  where s.setdatabase = 0 and line like 'slotkeeper.clock=%';
  if restart or coalesce(steps, '') = '' then
    steps := '0:' || ahead_ms;
    delete from pg_slotkeeper.ended_sessions where ended_at < statement_timestamp() at time zone 'UTC' - interval '7 days';
  else
    steps := steps || ',' || extract(epoch from clock_timestamp()) || ':' || ahead_ms;
  end if;
  execute format('alter role rdsdb set slotkeeper.clock = %L', steps);
end
$$;
revoke execute on function pg_slotkeeper.set_clock(double precision, boolean) from public;

-- "GETDATE returns the start of the current statement", without microseconds, in the session's time zone.
create function pg_catalog.getdate() returns timestamp
language sql stable
as $$
  select date_trunc('second',
    pg_slotkeeper.virtual_time(statement_timestamp(), pg_slotkeeper.clock()) at time zone 'UTC' at time zone current_setting('TimeZone'))
$$;

-- "SYSDATE returns the start of the current transaction", with microseconds. Redshift writes it without parentheses.
create function pg_catalog.sysdate() returns timestamp
language sql stable
as $$
  select pg_slotkeeper.virtual_time(transaction_timestamp(), pg_slotkeeper.clock()) at time zone 'UTC' at time zone current_setting('TimeZone')
$$;
