import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { BackendIdentity } from './backend-identity.ts';

/** Redshift's `varchar` ends at 65,535 bytes (AWS page r_Character_types); a chunk stays well below. */
const CHUNK_BYTES = 60_000;

/**
 * Builds the one guarded statement that ends all victims.
 *
 * Pid, start and user are compared, and idleness is checked, in the very statement that signals: whoever runs a
 * statement by then, and whoever got a victim's pid since, is left alone. `pg_terminate_backend` only signals, and what
 * it returns is not documented, so it stands plain in the select list and a later look tells the outcome.
 *
 * The victims travel as text parameters, never as SQL: keys `|pid@start@md5(user)|`, several thousand characters each.
 * The hash makes any name harmless inside a key (blanks, quotes, `|`, line breaks, UTF-8). The text grows by one line
 * per 1,000 victims, so 2,000 of them are as well one statement.
 *
 * @throws RangeError when there is no victim, or when they are of more than one target
 */
export function redshiftTermination(victims: readonly BackendIdentity[]): {
  sql: string;
  parameters: Record<string, string>;
} {
  const targets = new Set(victims.map((victim) => victim.target));
  if (targets.size !== 1) {
    throw new RangeError(`Expected victims of exactly one target, got ${victims.length} of ${targets.size} targets.`);
  }
  const chunks = chunkKeys(victims.map(victimKey));
  const parameters = Object.fromEntries(chunks.map((chunk, index) => [`victims_${index}`, chunk]));
  return { sql: terminationSql(chunks.length), parameters };
}

function victimKey({ pid, startedAt, user }: BackendIdentity): string {
  const start = startedAt.replace(/\D/g, '').slice(0, 14);
  return `|${pid}@${start}@${bytesToHex(md5(utf8ToBytes(user)))}|`;
}

/** Keys are ASCII: characters are bytes. */
function chunkKeys(keys: readonly string[]): string[] {
  const chunks: string[] = [];
  let chunk = '';
  for (const key of keys) {
    if (chunk.length + key.length > CHUNK_BYTES) {
      chunks.push(chunk);
      chunk = '';
    }
    chunk += key;
  }
  return [...chunks, chunk];
}

/** The sub-selects leave out NULL: one of them in a NOT IN would silently spare everyone. */
function terminationSql(chunkCount: number): string {
  const key =
    "'|' || cast(s.process as varchar(12)) || '@' || to_char(s.starttime, 'YYYYMMDDHH24MISS') || '@' || " +
    "md5(rtrim(s.user_name)) || '|'";
  const isVictim = Array.from(
    { length: chunkCount },
    (_, index) => `strpos(cast(:victims_${index} as varchar(65535)), ${key}) > 0`,
  );
  return `
select
  s.process as pid,
  to_char(s.starttime, 'YYYYMMDDHH24MISS') as started_at,
  s.user_name as user_name,
  pg_terminate_backend(s.process) as signalled
from stv_sessions s
where (
    ${isVictim.join('\n    or ')}
  )
  and s.process <> pg_backend_pid()
  and rtrim(s.user_name) <> 'rdsdb'
  and s.process not in (select i.pid from stv_inflight i where i.pid is not null)
  and s.process not in (
    select r.pid from stv_recents r where r.pid is not null and coalesce(rtrim(r.status), '') <> 'Done'
  )
`.trim();
}
