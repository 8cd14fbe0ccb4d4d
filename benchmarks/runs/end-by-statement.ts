import type { Stage, Victims } from './stage.ts';
import { watchUntilGone } from './watch-until-gone.ts';

/** Written by hand on a direct connection: lists, guards and ends in one. What no tool can be faster than. */
const STATEMENT = String.raw`
  select pg_terminate_backend(a.pid)
  from pg_stat_activity a
  join pg_roles r on r.oid = a.usesysid
  where a.backend_type = 'client backend' and a.state = 'idle' and not r.rolsuper
    and a.usename not like 'etl\_%' and a.pid <> pg_backend_pid()`;

/** @returns milliseconds from handing in the statement until all victims are gone */
export async function endByStatement(stage: Stage, victims: Victims): Promise<number> {
  const began = performance.now();
  await stage.admin.query(STATEMENT);
  return (await watchUntilGone('the hand-written statement', stage, victims)) - began;
}
