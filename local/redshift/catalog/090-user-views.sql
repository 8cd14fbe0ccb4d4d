-- PG_USER in Redshift's shape: usecatupd instead of userepl and usebypassrls, Redshift's user ids.
drop view if exists pg_catalog.pg_user;
create view pg_catalog.pg_user as
select r.rolname as usename, pg_slotkeeper.user_id(r.oid, r.rolname) as usesysid, r.rolcreatedb as usecreatedb, r.rolsuper as usesuper,
  r.rolsuper as usecatupd, '********'::text as passwd, r.rolvaliduntil as valuntil,
  (select array_agg(line) from unnest(r.rolconfig) as config (line) where line not like 'slotkeeper.%') as useconfig
from pg_catalog.pg_roles r
where r.rolcanlogin;
grant select on pg_catalog.pg_user to public;

create view pg_slotkeeper.users as
select r.rolname::text as user_name, pg_slotkeeper.user_id(r.oid, r.rolname) as user_id, r.rolcreatedb as createdb, r.rolsuper as superuser,
  case when r.rolconnlimit < 0 then 'UNLIMITED' else r.rolconnlimit::text end as connection_limit,
  case when r.rolsuper or pg_catalog.pg_has_role(r.oid, 'slotkeeper:syslog_unrestricted', 'member') then 'UNRESTRICTED' else 'RESTRICTED' end
    as syslog_access,
  pg_slotkeeper.session_timeout(r.oid, clock_timestamp()) as session_timeout
from pg_catalog.pg_roles r
where r.rolcanlogin;

-- SVL_USER_INFO, superusers only; nothing on a workgroup, as the other SVL views.
create view pg_catalog.svl_user_info as
select u.user_name as usename, u.user_id as usesysid, u.createdb as usecreatedb, u.superuser as usesuper, u.superuser as usecatupd,
  u.connection_limit as useconnlimit, u.syslog_access as syslogaccess, null::timestamp as last_ddl_ts, u.session_timeout as sessiontimeout,
  null::text as external_id
from pg_slotkeeper.users u
where not (select pg_slotkeeper.of_workgroup());

-- SVV_USER_INFO: everyone sees themselves.
create view pg_catalog.svv_user_info as
select u.user_name, u.user_id, u.createdb, u.superuser, u.superuser as catalog_update, u.connection_limit, u.syslog_access,
  null::timestamp as last_ddl_timestamp, u.session_timeout, null::text as external_user_id
from pg_slotkeeper.users u
where (select pg_slotkeeper.sees_all()) or u.user_name = current_user;
grant select on pg_catalog.svv_user_info to public;
