import { spawn } from 'node:child_process';
import { access, chmod, chown, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SlotkeeperError } from '../../src/errors/slotkeeper-error.ts';
import { canEnter } from './can-enter.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { ServerAccount } from './server-account.ts';
import { serverEnvironment } from './server-environment.ts';
import { findSharedTempDirectory } from './shared-temp-directory.ts';

/** An initialised data directory of PostgreSQL. */
export interface DataDirectory {
  readonly path: string;
  /** What is to be removed with the server; undefined for a directory that stays. */
  readonly temporary: string | undefined;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function initialise(binaries: PostgresBinaries, account: ServerAccount | undefined, path: string): Promise<void> {
  const output: string[] = [];
  const child = spawn(
    binaries.initdb,
    // The locale C orders as Redshift does (by bytes); files need not survive a power cut, so nothing is synced.
    ['-D', path, '-U', 'awsuser', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'],
    {
      cwd: '/',
      env: serverEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(account && { uid: account.uid, gid: account.gid }),
    },
  );
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const code = await new Promise<number | null>((resolveCode, reject) => {
    child.once('error', reject);
    child.once('close', resolveCode);
  });
  if (code !== 0) {
    throw new SlotkeeperError(
      'DataDirectoryError',
      `PostgreSQL could not initialise ${path} (initdb ended with ${code}): ${output.join('').trim()}`,
    );
  }
}

async function makeOwnDirectory(directory: string, account: ServerAccount | undefined): Promise<void> {
  await chmod(directory, 0o700);
  if (account) await chown(directory, account.uid, account.gid);
}

/**
 * Prepares where the server keeps its files.
 *
 * @param dataDir undefined: a new temporary directory, to be removed with the server. Otherwise the server's files live in
 *   `<dataDir>/redshift` and are initialised once.
 * @throws SlotkeeperError `DataDirectoryError`
 */
export async function prepareDataDirectory(
  binaries: PostgresBinaries,
  account: ServerAccount | undefined,
  dataDir: string | undefined,
): Promise<DataDirectory> {
  if (dataDir === undefined) {
    const temporary = await mkdtemp(join(await findSharedTempDirectory(account), 'slotkeeper-redshift-'));
    try {
      await makeOwnDirectory(temporary, account);
      await initialise(binaries, account, join(temporary, 'data'));
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw error;
    }
    return { path: join(temporary, 'data'), temporary };
  }
  const parent = resolve(dataDir);
  const path = join(parent, 'redshift');
  await mkdir(parent, { recursive: true });
  if (account && !(await canEnter(parent, account))) {
    throw new SlotkeeperError(
      'DataDirectoryError',
      `${parent} cannot be entered by ${account.name}, whom PostgreSQL runs as when it is started by root. ` +
        'Choose a data directory whose parents everyone can enter, for example below /var/tmp.',
    );
  }
  if (await exists(path)) {
    const owner = (await stat(path)).uid;
    const expected = account?.uid ?? process.getuid?.();
    if (expected !== undefined && owner !== expected) {
      throw new SlotkeeperError(
        'DataDirectoryError',
        `${path} belongs to the user id ${owner}, but PostgreSQL would run as ${expected}. Start as the user who made it, or choose another data directory.`,
      );
    }
    return { path, temporary: undefined };
  }
  // Initialised beside its place and moved there when it is whole: an interrupted first start leaves nothing that looks usable.
  const unfinished = await mkdtemp(`${path}.new-`);
  try {
    await makeOwnDirectory(unfinished, account);
    await initialise(binaries, account, join(unfinished, 'data'));
    await rename(join(unfinished, 'data'), path);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return { path, temporary: undefined };
}
