import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** Milliseconds between two looks whether the folder has become free. */
const LOOK_EVERY_MS = 200;

/** Whoever takes so long to take a dead lock away has died of it, milliseconds. */
const REMOVAL_TAKES_MS = 10_000;

/** What a laptop remembers between two runs; nobody else opens it meanwhile. */
export interface DataFolder {
  readonly path: string;
  /** Gives it back. Idempotent. */
  release(): Promise<void>;
}

/** Another process works in the data folder. */
export class DataFolderInUse extends SlotkeeperError {
  constructor(path: string, pid: number, options?: ErrorOptions) {
    super(
      'DataFolderInUse',
      `Expected the data folder ${path} to be free, but process ${pid} works in it (file lock). ` +
        'Wait for it to end, or name another folder with --data. If that process is no slotkeeper, delete the file.',
      options,
    );
  }
}

/** The data folder cannot be made or written. */
export class DataFolderUnusable extends SlotkeeperError {
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    super(
      'DataFolderUnusable',
      `Expected to keep what runs remember in ${path}; it cannot be written (${reason}). Name another folder with --data.`,
      { cause },
    );
  }
}

/**
 * Opens a data folder for this process alone; makes it, for its owner only, where there is none. A lock whose process
 * has died is taken over. LevelDB below has a lock of its own, but answers no request when it does not get it.
 *
 * @param waitMs how long to wait for another process to give it back, milliseconds
 * @param signal gives up waiting
 * @throws DataFolderInUse DataFolderUnusable, or the signal's reason
 */
export async function openDataFolder(path: string, waitMs: number, signal?: AbortSignal): Promise<DataFolder> {
  const lock = join(path, 'lock');
  const deadline = performance.now() + waitMs;
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    for (;;) {
      const holder = await takeLock(lock);
      if (holder === null) {
        return { path, release: () => rm(lock, { force: true }) };
      }
      if (performance.now() >= deadline) {
        throw new DataFolderInUse(path, holder);
      }
      signal?.throwIfAborted();
      await sleep(LOOK_EVERY_MS);
    }
  } catch (error) {
    throw error instanceof SlotkeeperError ? error : new DataFolderUnusable(path, error);
  }
}

/** @returns null when it is ours now, else the process that has it */
async function takeLock(lock: string): Promise<number | null> {
  try {
    const file = await open(lock, 'wx', 0o600);
    await file.writeFile(`${process.pid}\n`).finally(() => file.close());
    return null;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      throw error;
    }
  }
  const text = await readFile(lock, 'utf8').catch(ifGone);
  const holder = Number(text ?? '');
  if (text === null || !(holder > 0) || isAlive(holder)) {
    // Gone just now, or not written yet: another look tells.
    return holder || 0;
  }
  return (await removeDead(lock, text)) ? takeLock(lock) : holder;
}

/**
 * Takes a dead process's lock away. Only one may at a time, and only what is still there then: a slower one would take
 * away the lock that a faster one has made meanwhile.
 *
 * @returns false: somebody else is at it
 */
async function removeDead(lock: string, text: string): Promise<boolean> {
  const removal = `${lock}.removal`;
  try {
    await (await open(removal, 'wx', 0o600)).close();
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      throw error;
    }
    const { mtimeMs } = (await stat(removal).catch(ifGone)) ?? { mtimeMs: Date.now() };
    if (Date.now() - mtimeMs > REMOVAL_TAKES_MS) {
      await rm(removal, { force: true });
    }
    return false;
  }
  try {
    if ((await readFile(lock, 'utf8').catch(ifGone)) === text) {
      await rm(lock, { force: true });
    }
    return true;
  } finally {
    await rm(removal, { force: true });
  }
}

function ifGone(error: unknown): null {
  if (codeOf(error) === 'ENOENT') {
    return null;
  }
  throw error;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and is somebody else's.
    return codeOf(error) !== 'ESRCH';
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
