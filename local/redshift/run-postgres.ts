import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SlotkeeperError } from '../../src/errors/slotkeeper-error.ts';
import { PortInUseError } from '../port-in-use-error.ts';
import type { DataDirectory } from './data-directory.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { LOG_SEPARATOR } from './postgres-settings.ts';
import type { ServerAccount } from './server-account.ts';
import { serverEnvironment } from './server-environment.ts';

/** What is to be started, where and as whom. */
export interface PostgresRun {
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount | undefined;
  readonly data: DataDirectory;
  readonly port: number;
  /** As `name=value`. */
  readonly settings: readonly string[];
  /** Called with every line of the server's log. */
  readonly onLogLine: (line: string) => void;
}

/** A postmaster that accepts connections. */
export interface RunningPostgres {
  readonly pid: number;
  /** Ends it fast (open sessions are terminated), waits until it is gone, removes a temporary data directory. Idempotent. */
  stop(): Promise<void>;
}

const WATCHDOG = fileURLToPath(new URL('./end-postgres-with-parent.sh', import.meta.url));

/** Milliseconds that the server gets to start or to end before it is given up or killed. */
const PATIENCE_MS = 30_000;

/**
 * Lets a shell script wait for our end: its standard input closes when this process dies. The pipe is close-on-exec, so no other
 * child of ours keeps it open; the script has a session of its own, so neither Ctrl-C nor a kill of our process group reaches it.
 */
function startWatchdog(pid: number, data: DataDirectory): ChildProcess {
  const watchdog = spawn('/bin/sh', [WATCHDOG, String(pid), data.path, data.temporary ?? ''], {
    cwd: '/',
    detached: true,
    env: serverEnvironment(),
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // It must not keep us alive. If it ends early, writing the farewell fails, which is of no consequence then.
  watchdog.unref();
  watchdog.stdin?.on('error', () => watchdog.stdin?.destroy());
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  return watchdog;
}

/**
 * Starts PostgreSQL and waits until it accepts connections.
 *
 * @throws PortInUseError; SlotkeeperError `PostgresStartError` with what the server said
 */
export async function runPostgres(run: PostgresRun): Promise<RunningPostgres> {
  const settings = run.settings.flatMap((setting) => ['-c', setting]);
  const child = spawn(run.binaries.postgres, ['-D', run.data.path, ...settings], {
    cwd: '/',
    // Its own session: Ctrl-C in our terminal is ours to handle.
    detached: true,
    env: serverEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(run.account && { uid: run.account.uid, gid: run.account.gid }),
  });
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const watchdog = child.pid === undefined ? undefined : startWatchdog(child.pid, run.data);
  const firstLines: string[] = [];
  const lines = createInterface({ input: child.stderr });

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        child.kill('SIGINT');
        const force = setTimeout(() => child.kill('SIGQUIT'), PATIENCE_MS);
        await gone;
        clearTimeout(force);
      }
      await gone;
      watchdog?.stdin?.end('done\n');
      if (run.data.temporary) await rm(run.data.temporary, { recursive: true, force: true, maxRetries: 5 });
    })();
    return stopping;
  };

  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(startError('It did not get ready in time.')), PATIENCE_MS);
      const startError = (why: string, cause?: unknown): Error => {
        const said = firstLines.join('\n');
        if (/could not bind IPv4 address .*: Address already in use/.test(said)) {
          return new PortInUseError(run.port, '--postgres-port');
        }
        return new SlotkeeperError(
          'PostgresStartError',
          `PostgreSQL did not start in ${run.data.path}. ${why} ${said}`,
          { cause },
        );
      };
      lines.on('line', (line) => {
        run.onLogLine(line);
        if (firstLines.length < 100) firstLines.push(line.split(LOG_SEPARATOR).at(-1) ?? line);
        if (line.endsWith('database system is ready to accept connections')) {
          clearTimeout(timer);
          resolve();
        }
      });
      child.once('error', (error) => {
        clearTimeout(timer);
        reject(startError('', error));
      });
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        reject(startError(`It ended with ${code ?? signal}.`));
      });
    });
  } catch (error) {
    await stop();
    throw error;
  }
  // From here on the server lives in the background: it does not keep this process alive, and dies with it.
  child.unref();
  if (child.stderr instanceof Socket) child.stderr.unref();
  return { pid: child.pid ?? 0, stop };
}
