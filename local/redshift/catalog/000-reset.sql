-- Takes away an earlier version of this catalog, if there is one: only what we made has an oid from 16384 on. Views of a user that stand
-- on one of ours go with it.
drop schema if exists pg_slotkeeper cascade;

do $$
declare
  ours record;
begin
  for ours in
    select c.oid::regclass as name from pg_catalog.pg_class c
    where c.relnamespace = 'pg_catalog'::regnamespace and c.oid >= 16384 and c.relkind = 'v'
  loop
    execute format('drop view if exists %s cascade', ours.name);
  end loop;
  for ours in
    select p.oid::regprocedure as name from pg_catalog.pg_proc p
    where p.pronamespace = 'pg_catalog'::regnamespace and p.oid >= 16384
  loop
    execute format('drop routine if exists %s cascade', ours.name);
  end loop;
end
$$;
