import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresTarget } from '../../config/target-config.ts';
import { createNoticeFileChannel } from '../../laptop/notice-file-channel.ts';
import { POSTGRES_STEPS, REAP_POSTGRES } from '../../laptop/postgres-steps.ts';
import { silentEvents, silentMetrics, silentPoolMetrics } from '../../laptop/silent-ports.ts';
import { type Laptop, startLaptop } from '../../laptop/start-laptop.ts';
import { stateMachinesFolder } from '../../laptop/state-machines-folder.ts';
import { EngineMismatch } from '../../reaper/errors/engine-mismatch.ts';
import { createPostgresOpener, type OpenDirect } from '../../warehouse/create-postgres-opener.ts';
import { PasswordUnavailable } from '../../warehouse/direct-errors/password-unavailable.ts';
import { SignInRefused } from '../../warehouse/direct-errors/sign-in-refused.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime } from '../cli-runtime.ts';
import { NO_STACK_SERVICES } from '../deployment/no-stack-services.ts';
import type { OpenWith } from '../in-world.ts';
import { printable } from '../printable.ts';
import { askSlots } from './ask-slots.ts';
import { dataFolderOf } from './data-folder-of.ts';
import { describeWorld } from './describe-world.ts';
import { findPassword } from './find-password.ts';
import { createLaptopDeployments, createLaptopExecutions } from './laptop-executions.ts';
import { parseDatabaseUrl } from './parse-database-url.ts';
import { makeUrlConfig } from './url-config.ts';
import type { UrlOptions } from './url-options.ts';

/** How long another command may keep the data folder before this one gives up, milliseconds. */
const FOLDER_PATIENCE = 10_000;

/** What a command by URL is opened with. */
export interface UrlRuntimeOptions extends UrlOptions {
  readonly url: string;
}

/**
 * The composition root of commands by URL: the server that it names, the state machine and its table in this process,
 * notices on the terminal. The server is asked first: nothing is recorded about one that does not let us in.
 *
 * @throws DirectWarehouseFailed, of which each cause has a class; DataFolderInUse; InvalidConfig; UsageError
 */
export async function openUrlRuntime(
  options: UrlRuntimeOptions,
  { io, interrupt, told }: OpenWith,
): Promise<CliRuntime> {
  const { env } = process;
  const osUser = userInfo().username;
  const url = parseDatabaseUrl(options.url, { osUser, env });
  for (const note of [...url.notes, ...(url.password === null ? [] : [ON_THE_COMMAND_LINE])]) {
    if (told?.has(note) !== true) {
      io.err(`Note: ${note}`);
      told?.add(note);
    }
  }
  const password = await findPassword(url, env);
  const openDirect = createPostgresOpener(async () => password, interrupt?.signal);
  io.progress?.(options.offline === true ? null : `connecting to ${url.host}:${url.port}`);
  const unasked = makeUrlConfig(url, options, { limit: 1, reserved: 0 }, osUser);
  const made =
    options.offline === true
      ? unasked
      : makeUrlConfig(url, options, await askFirst(openDirect, unasked.target, password), osUser);

  io.progress?.(null);
  interrupt?.signal.throwIfAborted();
  const dataFolder = options.data === undefined ? dataFolderOf(url, homedir(), env) : resolve(options.data);
  const now = () => new Date();
  const { config } = made;
  const notices = { folder: join(dataFolder, 'notices'), now };
  const byUrl = describeWorld(options, url.shown, made, dataFolder);
  const laptop = await startLaptop({
    dataFolder,
    waitMs: FOLDER_PATIENCE,
    ...(interrupt === null ? {} : { signal: interrupt.signal }),
    retentionSeconds: config.runs.retention,
    stateMachines: stateMachinesFolder(),
    machine: REAP_POSTGRES,
    steps: POSTGRES_STEPS,
    portsOf: (tables) => ({
      config,
      ...tables,
      openDirect,
      warehouseOf: (target) => {
        throw new EngineMismatch(target, 'postgres');
      },
      owners: createNoticeFileChannel({ ...notices, show: showOn(io) }),
      operators: createNoticeFileChannel(notices),
      events: silentEvents,
      metrics: silentMetrics,
      poolMetricsOf: () => silentPoolMetrics,
      again: byUrl.again,
      now,
    }),
  });
  return {
    config,
    configPath: options.policy ?? 'the built-in policy',
    deployments: createLaptopDeployments(laptop),
    services: NO_STACK_SERVICES,
    executions: createLaptopExecutions(laptop, io, now),
    tableOf: () => laptop.table,
    poolTableOf: () => laptop.pool,
    warehouseOf: (target) => {
      throw new EngineMismatch(target, 'postgres');
    },
    openDirect,
    now,
    sleep: interrupt?.sleep ?? ((ms) => sleep(ms)),
    byUrl,
    close: () => close(laptop, io),
  };
}

const ON_THE_COMMAND_LINE =
  'the password stands on the command line, which the shell keeps. PGPASSWORD or ~/.pgpass are better places.';

/** Asks for the server's slots, which tells as well whether it lets us in. */
async function askFirst(openDirect: OpenDirect, target: PostgresTarget, password: string) {
  try {
    const server = await openDirect(target);
    return await askSlots(server).finally(() => server.close());
  } catch (error) {
    if (error instanceof SignInRefused && password === '') {
      throw new PasswordUnavailable(
        target.name,
        `none was given for ${target.user}. Set PGPASSWORD, add a line to ~/.pgpass, or put it into the URL.`,
        error,
      );
    }
    throw error;
  }
}

/** A notice goes to whoever sits there, on stderr: stdout is the answer's. */
function showOn(io: CliIo) {
  return ({ subject, body }: { readonly subject: string; readonly body: string }, file: string) =>
    io.err([`--- notice, kept as ${file}`, subject, '', ...body.split('\n').map(printable), '---'].join('\n'));
}

async function close(laptop: Laptop, io: CliIo): Promise<void> {
  try {
    for (const runId of await laptop.interrupt()) {
      io.err(`Run ${runId} was ended; that is on record, and its lock is given back.`);
    }
  } finally {
    await laptop.stop();
  }
}
