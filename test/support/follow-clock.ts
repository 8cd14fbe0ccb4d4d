import type pg from 'pg';
import type { VirtualClock } from '../../local/virtual-clock.ts';

/** Columns of pg_stat_activity that are moments, in all versions. */
const MOMENTS = new Set(['backend_start', 'xact_start', 'query_start', 'state_change']);

/**
 * Lets a plain PostgreSQL server live in a virtual time, in one of its databases: `clock_timestamp()` and the moments of
 * `pg_stat_activity` are moved by what the clock was ahead when they happened. All else stays the server's own, so that what
 * was there before an advance of half an hour is half an hour older after it.
 *
 * The server's function and view move out of the way under other names, because a built-in function that is replaced in
 * its place would still be the built-in one (PostgreSQL, fmgr.c: built-in functions are found by their number).
 *
 * @param admin a superuser's session in that database
 * @returns a function that lets the server follow no longer
 */
export async function followClock(admin: pg.Client, clock: VirtualClock): Promise<() => void> {
  const { rows } = await admin.query<{ name: string }>(
    "select attname as name from pg_attribute where attrelid = 'pg_catalog.pg_stat_activity'::regclass and attnum > 0 order by attnum",
  );
  const columns = rows.map(({ name }) => (MOMENTS.has(name) ? `test_time.moved(a.${name}) as ${name}` : `a.${name}`));
  await admin.query(`
    begin;
    set local allow_system_table_mods = on;
    create schema test_time;
    grant usage on schema test_time to public;
    create table test_time.steps (real_at timestamptz not null, ahead interval not null);
    create function test_time.moved(moment timestamptz) returns timestamptz
    language sql stable security definer set search_path = pg_catalog
    as $$ select moment + coalesce((select max(s.ahead) from test_time.steps s where s.real_at <= moment), '0') $$;
    alter function pg_catalog.clock_timestamp() rename to machine_clock_timestamp;
    create function pg_catalog.clock_timestamp() returns timestamptz
    language sql volatile as $$ select test_time.moved(pg_catalog.machine_clock_timestamp()) $$;
    alter view pg_catalog.pg_stat_activity rename to machine_stat_activity;
    create view pg_catalog.pg_stat_activity as select ${columns.join(', ')} from pg_catalog.machine_stat_activity a;
    grant select on pg_catalog.pg_stat_activity to public;
    commit`);
  return clock.onAdvance(async (offsetMs) => {
    await admin.query(
      "insert into test_time.steps values (pg_catalog.machine_clock_timestamp(), $1 * interval '1 millisecond')",
      [offsetMs],
    );
  });
}
