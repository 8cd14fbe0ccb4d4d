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
  // What is hashed, and how much of the hash is compared.
  const [, hashed = '', digits = ''] = /'\|' \|\| substring\(md5\((.*?)\), 1, (\d+)\)/.exec(guard) ?? [];
  const isKeyed = hashed.includes('s.process');
  const isStarted = hashed.includes('s.starttime');
  const isNamed = hashed.includes('s.user_name');
  const sparesOwn = has('s.process <> pg_backend_pid()');
  const sparesSystem = has("rtrim(s.user_name) <> 'rdsdb'");
  const sparesInflight = has('from stv_inflight');
  const sparesRecents = has('from stv_recents');
  const victims = Object.values(parameters).join('');
  return (backend, ownPid) => {
    const parts = [
      ...(isKeyed ? [String(backend.pid)] : []),
      ...(isStarted ? [secondDigits(backend.startedAt)] : []),
      ...(isNamed ? [backend.user] : []),
    ];
    const key = createHash('md5').update(parts.join('@')).digest('hex').slice(0, Number(digits));
    const isSpared =
      (sparesOwn && backend.pid === ownPid) ||
      (sparesSystem && backend.user === 'rdsdb') ||
      (backend.running && backend.shownIn === 'inflight' && sparesInflight) ||
      (backend.running && backend.shownIn === 'recents' && sparesRecents);
    return victims.includes(`|${key}`) && !isSpared;
  };
}
