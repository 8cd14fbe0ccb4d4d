-- Date functions of the page "Date and time functions"; names of dateparts of "Date parts for date or timestamp functions".

create function pg_slotkeeper.datepart(name text) returns text
language plpgsql immutable parallel safe
as $$
begin
  return case lower(trim(name))
    when 'millennium' then 'millennium' when 'millennia' then 'millennium' when 'mil' then 'millennium' when 'mils' then 'millennium'
    when 'century' then 'century' when 'centuries' then 'century' when 'c' then 'century' when 'cent' then 'century' when 'cents' then 'century'
    when 'decade' then 'decade' when 'decades' then 'decade' when 'dec' then 'decade' when 'decs' then 'decade'
    when 'epoch' then 'epoch'
    when 'year' then 'year' when 'years' then 'year' when 'y' then 'year' when 'yr' then 'year' when 'yrs' then 'year'
    when 'quarter' then 'quarter' when 'quarters' then 'quarter' when 'qtr' then 'quarter' when 'qtrs' then 'quarter'
    when 'month' then 'month' when 'months' then 'month' when 'mon' then 'month' when 'mons' then 'month'
    when 'week' then 'week' when 'weeks' then 'week' when 'w' then 'week'
    when 'dayofweek' then 'dow' when 'dow' then 'dow' when 'dw' then 'dow' when 'weekday' then 'dow'
    when 'dayofyear' then 'doy' when 'doy' then 'doy' when 'dy' then 'doy' when 'yearday' then 'doy'
    when 'day' then 'day' when 'days' then 'day' when 'd' then 'day'
    when 'hour' then 'hour' when 'hours' then 'hour' when 'h' then 'hour' when 'hr' then 'hour' when 'hrs' then 'hour'
    when 'minute' then 'minute' when 'minutes' then 'minute' when 'm' then 'minute' when 'min' then 'minute' when 'mins' then 'minute'
    when 'second' then 'second' when 'seconds' then 'second' when 's' then 'second' when 'sec' then 'second' when 'secs' then 'second'
    when 'millisecond' then 'millisecond' when 'milliseconds' then 'millisecond' when 'ms' then 'millisecond' when 'msec' then 'millisecond'
    when 'msecs' then 'millisecond' when 'msecond' then 'millisecond' when 'mseconds' then 'millisecond' when 'millisec' then 'millisecond'
    when 'millisecs' then 'millisecond' when 'millisecon' then 'millisecond'
    when 'microsecond' then 'microsecond' when 'microseconds' then 'microsecond' when 'us' then 'microsecond' when 'usec' then 'microsecond'
    when 'usecs' then 'microsecond' when 'usecond' then 'microsecond' when 'useconds' then 'microsecond' when 'microsec' then 'microsecond'
    when 'microsecs' then 'microsecond'
    when 'timezone' then 'timezone' when 'timezone_hour' then 'timezone_hour' when 'timezone_minute' then 'timezone_minute'
  end;
end
$$;

create function pg_slotkeeper.known_datepart(name text, caller text, allowed text[]) returns text
language plpgsql immutable parallel safe
as $$
declare
  part text := pg_slotkeeper.datepart(name);
begin
  if part is null or part <> all (allowed) then
    raise exception '%: unit "%" is not supported', caller, name using errcode = 'invalid_parameter_value',
      hint = 'Expected one of: ' || array_to_string(allowed, ', ') || ', or one of their abbreviations.';
  end if;
  return part;
end
$$;

-- DATEDIFF: "the number of date part boundaries that are crossed between two expressions". Returns BIGINT.
create function pg_catalog.date_diff(part text, earlier timestamp, later timestamp) returns bigint
language plpgsql immutable strict parallel safe
as $$
declare
  unit text := pg_slotkeeper.known_datepart(part, 'datediff', array['millennium', 'century', 'decade', 'year', 'quarter', 'month',
    'week', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond']);
begin
  return case unit
    when 'millennium' then extract(millennium from later) - extract(millennium from earlier)
    when 'century' then extract(century from later) - extract(century from earlier)
    when 'decade' then extract(decade from later) - extract(decade from earlier)
    when 'year' then extract(year from later) - extract(year from earlier)
    when 'quarter' then (extract(year from later) - extract(year from earlier)) * 4 + extract(quarter from later) - extract(quarter from earlier)
    when 'month' then (extract(year from later) - extract(year from earlier)) * 12 + extract(month from later) - extract(month from earlier)
    when 'week' then (date_trunc('week', later)::date - date_trunc('week', earlier)::date) / 7
    when 'day' then later::date - earlier::date
    when 'hour' then floor(extract(epoch from later) / 3600) - floor(extract(epoch from earlier) / 3600)
    when 'minute' then floor(extract(epoch from later) / 60) - floor(extract(epoch from earlier) / 60)
    when 'second' then floor(extract(epoch from later)) - floor(extract(epoch from earlier))
    when 'millisecond' then floor(extract(epoch from later) * 1000) - floor(extract(epoch from earlier) * 1000)
    else (extract(epoch from later) - extract(epoch from earlier)) * 1000000
  end;
end
$$;

create function pg_catalog.date_diff(part text, earlier date, later date) returns bigint
language sql immutable strict parallel safe
as $$ select pg_catalog.date_diff(part, earlier::timestamp, later::timestamp) $$;

create function pg_catalog.date_diff(part text, earlier timestamptz, later timestamptz) returns bigint
language sql stable strict parallel safe
as $$ select pg_catalog.date_diff(part, earlier::timestamp, later::timestamp) $$;

create function pg_catalog.date_diff(part text, earlier time, later time) returns bigint
language plpgsql immutable strict parallel safe
as $$
begin
  perform pg_slotkeeper.known_datepart(part, 'datediff', array['hour', 'minute', 'second', 'millisecond', 'microsecond']);
  return pg_catalog.date_diff(part, date '2000-01-01' + earlier, date '2000-01-01' + later);
end
$$;

-- Two literals: PostgreSQL cannot know their type, Redshift takes what they look like.
create function pg_catalog.date_diff(part text, earlier text, later text) returns bigint
language plpgsql stable strict parallel safe
as $$
begin
  if earlier ~ '^\s*\d{1,2}:\d' and later ~ '^\s*\d{1,2}:\d' then
    return pg_catalog.date_diff(part, earlier::time, later::time);
  end if;
  return pg_catalog.date_diff(part, earlier::timestamp, later::timestamp);
end
$$;

create function pg_slotkeeper.interval_of(part text, amount bigint, allowed text[]) returns interval
language plpgsql immutable parallel safe
as $$
begin
  return amount * case pg_slotkeeper.known_datepart(part, 'dateadd', allowed)
    when 'millennium' then interval '1000 years'
    when 'century' then interval '100 years'
    when 'decade' then interval '10 years'
    when 'year' then interval '1 year'
    when 'quarter' then interval '3 months'
    when 'month' then interval '1 month'
    when 'week' then interval '7 days'
    when 'day' then interval '1 day'
    when 'hour' then interval '1 hour'
    when 'minute' then interval '1 minute'
    when 'second' then interval '1 second'
    when 'millisecond' then interval '1 millisecond'
    else interval '1 microsecond'
  end;
end
$$;

create function pg_catalog.date_add(part text, amount bigint, moment timestamp) returns timestamp
language sql immutable strict parallel safe
as $$
  select moment + pg_slotkeeper.interval_of(part, amount, array['millennium', 'century', 'decade', 'year', 'quarter', 'month', 'week', 'day',
    'hour', 'minute', 'second', 'millisecond', 'microsecond'])
$$;

create function pg_catalog.date_add(part text, amount bigint, moment date) returns timestamp
language sql immutable strict parallel safe
as $$ select pg_catalog.date_add(part, amount, moment::timestamp) $$;

create function pg_catalog.date_add(part text, amount bigint, moment timestamptz) returns timestamptz
language sql stable strict parallel safe
as $$
  select moment + pg_slotkeeper.interval_of(part, amount, array['millennium', 'century', 'decade', 'year', 'quarter', 'month', 'week', 'day',
    'hour', 'minute', 'second', 'millisecond', 'microsecond'])
$$;

create function pg_catalog.date_add(part text, amount bigint, moment time) returns time
language sql immutable strict parallel safe
as $$ select moment + pg_slotkeeper.interval_of(part, amount, array['hour', 'minute', 'second', 'millisecond', 'microsecond']) $$;

create function pg_catalog.date_add(part text, amount bigint, moment text) returns timestamp
language sql stable strict parallel safe
as $$ select pg_catalog.date_add(part, amount, moment::timestamp) $$;

-- The names people write. Redshift labels their columns date_diff and date_add.
do $$
declare
  kind text;
begin
  foreach kind in array array['timestamp', 'date', 'timestamptz', 'time', 'text'] loop
    execute format('create function pg_catalog.datediff(part text, earlier %1$s, later %1$s) returns bigint language sql stable strict '
      'parallel safe as $f$ select pg_catalog.date_diff(part, earlier, later) $f$', kind);
    execute format('create function pg_catalog.dateadd(part text, amount bigint, moment %1$s) returns %2$s language sql stable strict '
      'parallel safe as $f$ select pg_catalog.date_add(part, amount, moment) $f$', kind,
      case when kind in ('timestamptz', 'time') then kind else 'timestamp' end);
  end loop;
end
$$;

-- EXTRACT: an INTEGER of the named part only ("ignoring higher- and lower-level date parts"); decades count from 1, not from 0.
create function pg_slotkeeper.date_part(part text, moment timestamp) returns integer
language plpgsql immutable strict parallel safe
as $$
declare
  unit text := pg_slotkeeper.known_datepart(part, 'extract', array['millennium', 'century', 'decade', 'epoch', 'year', 'quarter', 'month',
    'week', 'dow', 'doy', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond']);
begin
  return case unit
    when 'decade' then extract(decade from moment) + 1
    when 'second' then trunc(extract(second from moment))
    when 'millisecond' then trunc(extract(millisecond from moment)) % 1000
    when 'microsecond' then extract(microsecond from moment) % 1000
    when 'epoch' then trunc(extract(epoch from moment))
    else pg_catalog.date_part(unit, moment)
  end;
end
$$;

create function pg_slotkeeper.date_part(part text, moment date) returns integer
language sql immutable strict parallel safe
as $$ select pg_slotkeeper.date_part(part, moment::timestamp) $$;

create function pg_slotkeeper.date_part(part text, moment time) returns integer
language sql immutable strict parallel safe
as $$ select pg_slotkeeper.date_part(part, date '1970-01-01' + moment) $$;

create function pg_slotkeeper.date_part(part text, span interval) returns integer
language sql immutable strict parallel safe
as $$ select trunc(pg_catalog.date_part(coalesce(pg_slotkeeper.datepart(part), part), span))::integer $$;

create function pg_slotkeeper.date_part(part text, moment timestamptz) returns double precision
language sql stable strict parallel safe
as $$
  select case coalesce(pg_slotkeeper.datepart(part), part)
    when 'timezone' then pg_catalog.date_part('timezone', moment)
    when 'timezone_hour' then pg_catalog.date_part('timezone_hour', moment)
    when 'timezone_minute' then pg_catalog.date_part('timezone_minute', moment)
    when 'epoch' then pg_catalog.date_part('epoch', moment)
    else pg_slotkeeper.date_part(part, moment::timestamp)
  end
$$;

create function pg_slotkeeper.date_part(part text, moment text) returns integer
language sql stable strict parallel safe
as $$ select pg_slotkeeper.date_part(part, moment::timestamp) $$;

create function pg_catalog.convert_timezone(source text, target text, moment timestamp) returns timestamp
language sql immutable strict parallel safe
as $$ select moment at time zone source at time zone target $$;

create function pg_catalog.convert_timezone(target text, moment timestamp) returns timestamp
language sql immutable strict parallel safe
as $$ select moment at time zone 'UTC' at time zone target $$;

create function pg_catalog.trunc(moment timestamp) returns date
language sql immutable strict parallel safe
as $$ select moment::date $$;

create function pg_catalog.last_day(moment timestamp) returns date
language sql immutable strict parallel safe
as $$ select (date_trunc('month', moment) + interval '1 month - 1 day')::date $$;

-- ADD_MONTHS: the last day of a month always becomes the last day of the result's month.
create function pg_catalog.add_months(moment timestamp, amount bigint) returns timestamp
language sql immutable strict parallel safe
as $$
  select case when moment::date = pg_catalog.last_day(moment)
    then pg_catalog.last_day(moment + amount * interval '1 month') + moment::time
    else moment + amount * interval '1 month' end
$$;
