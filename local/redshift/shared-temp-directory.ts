import { tmpdir } from 'node:os';
import { SlotkeeperError } from '../../src/errors/slotkeeper-error.ts';
import { canEnter } from './can-enter.ts';
import type { ServerAccount } from './server-account.ts';

/**
 * A temporary directory that the server's account can reach too: TMPDIR may point below a private home.
 *
 * @throws SlotkeeperError `NoTemporaryDirectoryError` when there is none
 */
export async function findSharedTempDirectory(account: ServerAccount | undefined): Promise<string> {
  if (!account) return tmpdir();
  const candidates = [tmpdir(), '/tmp', '/var/tmp'];
  for (const candidate of candidates) {
    const reachable = await canEnter(candidate, account).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    });
    if (reachable) return candidate;
  }
  throw new SlotkeeperError(
    'NoTemporaryDirectoryError',
    `None of ${candidates.join(', ')} can be entered by ${account.name}, whom PostgreSQL runs as. Set TMPDIR to one that can.`,
  );
}
