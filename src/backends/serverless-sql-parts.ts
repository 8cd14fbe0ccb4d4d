/**
 * Statuses of SYS_QUERY_HISTORY that a statement never leaves; the others are planning, queued, running and returning (AWS
 * page SYS_QUERY_HISTORY). A status that no page names is none of these, so it spares whoever has it.
 */
export const ENDED_STATUSES = "'success', 'failed', 'canceled'";

/**
 * The sessions that live, one row each: SYS_SESSION_HISTORY has the ended ones too. `user_id` leaves as text without its
 * blank padding.
 */
export const LIVE_SESSIONS = `select
    session_id,
    start_time,
    max(trim(user_id)) as user_id,
    max(rtrim(database_name)) as database_name,
    max(session_timeout) as session_timeout
  from sys_session_history
  where rtrim(status) = 'active'
  group by session_id, start_time`;
