/**
 * What the doctor asks a Redshift target beside the session query. Each stands alone, so that a refused one takes no
 * other with it: leader-node functions may not stand beside system views (AWS page "Leader node–only functions").
 * The same text runs on the embedded server.
 */
export const REDSHIFT_QUESTIONS = {
  /** Who signed in, and whether it is a superuser (AWS page r_PG_USER). */
  signIn: `
select
  cast(current_user as varchar(128)) as user_name,
  cast(current_database() as varchar(128)) as database_name,
  cast(version() as varchar(256)) as version,
  coalesce((select max(case when usesuper then 1 else 0 end) from pg_user where usename = current_user), 0) as is_superuser
`.trim(),
  /** Its limits and what it may see; everybody sees his own row (AWS page r_SVV_USER_INFO). */
  userInfo: `
select
  cast(syslog_access as varchar(32)) as syslog_access,
  cast(connection_limit as varchar(32)) as connection_limit,
  session_timeout as session_timeout
from svv_user_info
where user_name = current_user
`.trim(),
  /** Milliseconds, unless a unit is named. */
  statementTimeout: `select current_setting('statement_timeout') as statement_timeout`,
} as const;

/** Views of the session query that are for superusers until granted (AWS page cm_chap_system-tables; docs/serverless.md). */
export const GUARDED_VIEWS = {
  redshift: ['stl_connection_log'],
  'redshift-serverless': ['sys_connection_log', 'sys_transaction_history'],
} as const;

/** Whether the user may read one of those (AWS page r_HAS_TABLE_PRIVILEGE). */
export function mayReadSql(view: (typeof GUARDED_VIEWS)[keyof typeof GUARDED_VIEWS][number]): string {
  return `select case when has_table_privilege('${view}', 'select') then 1 else 0 end as may_read`;
}
