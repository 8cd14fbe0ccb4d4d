import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import type { HashName } from '../../replay/hash-names.ts';

/** The directory's salt: whoever has it can try names, so it is not to be passed on with the recordings. */
export const SALT_FILE = '.slotkeeper-salt';
const SALT = /^[0-9a-f]{64}\n$/;

/**
 * Hashes names by a salt that is random for each directory and stays there, so that a name has one hash in all of its
 * recordings and another one elsewhere.
 *
 * @throws SaltUnreadable when the file is not what was written
 */
export function nameHasher(directory: string): HashName {
  const salt = readSalt(join(directory, SALT_FILE));
  return (kind, name) =>
    name === '' ? '' : `${kind}-${createHmac('sha256', salt).update(`${kind}\0${name}`).digest('hex').slice(0, 32)}`;
}

function readSalt(path: string): Buffer {
  try {
    // Written only where there is none: two that begin at once agree on the first.
    writeFileSync(path, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
      throw error;
    }
  }
  const text = readFileSync(path, 'utf8');
  if (!SALT.test(text)) {
    throw new SlotkeeperError(
      'SaltUnreadable',
      `Expected 64 hex digits in ${path}, got something else. Delete it to begin anew: names then get other hashes.`,
    );
  }
  return Buffer.from(text.trim(), 'hex');
}
