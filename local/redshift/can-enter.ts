import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ServerAccount } from './server-account.ts';

/**
 * Can the account walk through a directory and all of its parents? Asked by mode bits, because root itself may enter anywhere.
 *
 * @param directory an existing directory
 * @param account undefined: this process's own user, who has the directory's path and can enter it
 */
export async function canEnter(directory: string, account: ServerAccount | undefined): Promise<boolean> {
  if (!account) return true;
  for (let current = resolve(directory); ; current = dirname(current)) {
    const { mode, uid, gid } = await stat(current);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (current === dirname(current)) return true;
  }
}
