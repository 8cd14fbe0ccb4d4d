-- NVL, NVL2, DECODE, LEN and friends, for clients that speak to the PostgreSQL port directly. (The Data API's path turns NVL, NVL2 and
-- DECODE into COALESCE and CASE, which take any number of arguments of any types.)
create function pg_catalog.nvl(value anycompatible, otherwise anycompatible) returns anycompatible
language sql immutable
as $$ select coalesce(value, otherwise) $$;

create function pg_catalog.nvl(value anycompatible, otherwise anycompatible, last_resort anycompatible) returns anycompatible
language sql immutable
as $$ select coalesce(value, otherwise, last_resort) $$;

create function pg_catalog.nvl2(value anyelement, if_not_null anycompatible, if_null anycompatible) returns anycompatible
language sql immutable
as $$ select case when value is not null then if_not_null else if_null end $$;

-- DECODE takes two nulls for equal, unlike CASE.
create function pg_catalog.decode(value anyelement, search anyelement, result anycompatible) returns anycompatible
language sql immutable
as $$ select case when value is not distinct from search then result end $$;

create function pg_catalog.decode(value anyelement, search anyelement, result anycompatible, otherwise anycompatible) returns anycompatible
language sql immutable
as $$ select case when value is not distinct from search then result else otherwise end $$;

-- "Length calculations do not count trailing spaces for fixed-length character strings."
create function pg_catalog.len(value text) returns integer
language sql immutable strict parallel safe
as $$ select length(value) $$;

create function pg_catalog.len(value character) returns integer
language sql immutable strict parallel safe
as $$ select length(value) $$;

create function pg_catalog.charindex(part text, value text) returns integer
language sql immutable strict parallel safe
as $$ select strpos(value, part) $$;

create aggregate pg_catalog.listagg(value text, delimiter text) (
  sfunc = string_agg_transfn, stype = internal, finalfunc = string_agg_finalfn
);

create function pg_slotkeeper.append_text(state text, value text) returns text
language sql immutable
as $$ select case when value is null then state else coalesce(state, '') || value end $$;

create aggregate pg_catalog.listagg(value text) (sfunc = pg_slotkeeper.append_text, stype = text);
