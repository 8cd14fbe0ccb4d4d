import { createHash } from 'node:crypto';
import { secondDigits } from '../../support/simulated-backend.ts';
import type { ClusterBackend } from './cluster.ts';

/**
 * Reads from the text of a guarded statement whom it lets signal: exactly the conditions that stand in it, none that
 * ought to. A statement that has lost one ends whom that one protects, here as on a server.
 *
 * @returns whether the statement signals this backend
 */
export function terminationGuard(
  sql: string,
  parameters: Readonly<Record<string, string>>,
): (backend: ClusterBackend, ownPid: number) => boolean {
  const text = sql.replaceAll(/\s+/g, ' ').toLowerCase();
  const guard = text.slice(text.indexOf(' where '));
  const has = (condition: string) => guard.includes(condition);
  const isKeyed = has('s.process as varchar');
  const isStarted = has('to_char(s.starttime');
  const isNamed = has('md5(rtrim(s.user_name))');
  const sparesOwn = has('s.process <> pg_backend_pid()');
  const sparesSystem = has("rtrim(s.user_name) <> 'rdsdb'");
  const sparesInflight = has('from stv_inflight');
  const sparesRecents = has('from stv_recents');
  const victims = Object.values(parameters).join('');
  return (backend, ownPid) => {
    const parts = [
      ...(isKeyed ? [String(backend.pid)] : []),
      ...(isStarted ? [secondDigits(backend.startedAt)] : []),
      ...(isNamed ? [createHash('md5').update(backend.user).digest('hex')] : []),
    ];
    const isSpared =
      (sparesOwn && backend.pid === ownPid) ||
      (sparesSystem && backend.user === 'rdsdb') ||
      (backend.running && backend.shownIn === 'inflight' && sparesInflight) ||
      (backend.running && backend.shownIn === 'recents' && sparesRecents);
    return victims.includes(`|${parts.join('@')}|`) && !isSpared;
  };
}
