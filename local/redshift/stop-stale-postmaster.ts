import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SlotkeeperError } from '../../src/errors/slotkeeper-error.ts';
import { isAlive, waitUntil } from './wait-until.ts';

/**
 * Ends a postmaster that an earlier start has left behind in our data directory (its watchdog was killed with it).
 *
 * @param dataPath PostgreSQL's data directory; its `postmaster.pid` names the process (line 1) and the directory (line 2)
 * @throws SlotkeeperError `StalePostmasterError` when it does not go
 */
export async function stopStalePostmaster(dataPath: string): Promise<void> {
  const pidFile = await readFile(join(dataPath, 'postmaster.pid'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const [pidLine = '', directory = ''] = pidFile.split('\n');
  const pid = Number(pidLine);
  if (!Number.isInteger(pid) || pid <= 1 || resolve(directory) !== resolve(dataPath) || !isAlive(pid)) return;
  // A pid file survives a crash, and its number may have gone to another program since: on Linux the process says what it is.
  const program = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  if (program !== undefined && !program.includes('postgres')) return;
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.kill(pid, signal);
    if (await waitUntil(() => !isAlive(pid), 10_000)) return;
  }
  throw new SlotkeeperError(
    'StalePostmasterError',
    `The PostgreSQL server ${pid} still uses ${dataPath} and does not end. End that process, then start again.`,
  );
}
