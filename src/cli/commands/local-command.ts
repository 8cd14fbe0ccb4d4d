import { once } from 'node:events';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import type { CliIo } from '../cli-io.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { localDocument } from '../json/local-document.ts';
import { renderLocal } from '../render/render-local.ts';

export interface LocalOptions {
  readonly port: number;
  readonly postgresPort: number;
  readonly data?: string;
  readonly config: string;
  readonly maxConnections?: number;
  /** File of faults. */
  readonly faults?: string;
  readonly json?: boolean;
}

/** The installed package has the other commands only: a database server is nothing to bring along to production. */
export class EmbeddedCloudMissing extends SlotkeeperError {
  constructor(options: ErrorOptions) {
    super(
      'EmbeddedCloudMissing',
      "Expected Slotkeeper's repository with its development dependencies, which `local` needs, but part of them is not here. Clone the repository, then: npm ci && npm run slotkeeper -- local",
      options,
    );
  }
}

/**
 * Runs the embedded cloud until the process is told to end.
 *
 * The first SIGINT, SIGTERM or SIGHUP ends it and everything that it started; a second one gives up waiting for that.
 *
 * @throws PortInUseError, EmbeddedCloudMissing; InvalidConfig for a file of faults that is none
 */
export async function localCommand(io: CliIo, options: LocalOptions): Promise<ExitCode> {
  const { startLocalCloud, readFaultFile } = await loadEmbeddedCloud();
  const faults = options.faults === undefined ? null : readFaultFile(options.faults);
  const ended = new AbortController();
  const endNow = (signal: NodeJS.Signals) => {
    if (ended.signal.aborted) {
      io.err(`${signal} again: not waiting any longer.`);
      process.exit(EXIT.failed);
    }
    ended.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) {
    process.on(signal, endNow);
  }
  try {
    const cloud = await startLocalCloud({
      port: options.port,
      postgresPort: options.postgresPort,
      configPath: options.config,
      ...(options.data === undefined ? {} : { dataDir: options.data }),
      ...(options.maxConnections === undefined ? {} : { maxConnections: options.maxConnections }),
      ...(faults === null ? {} : { faults }),
    });
    try {
      const { host, port, user, database } = cloud.postgres;
      const document = localDocument.parse({
        endpoint: cloud.endpoint,
        postgres: `postgres://${user}@${host}:${port}/${database}`,
        region: cloud.region,
        accountId: cloud.accountId,
        clusterIdentifier: cloud.clusterIdentifier,
        workgroupName: cloud.workgroupName,
        database: cloud.database,
        stateMachines: cloud.stateMachines,
        table: cloud.table,
        topicArn: cloud.topicArn,
        faults: describeFaults(cloud.faults.describe(), faults?.clockSkew ?? 0),
      });
      io.out(options.json === true ? JSON.stringify(document) : renderLocal(document, options.config));
      if (!ended.signal.aborted) {
        await once(ended.signal, 'abort');
      }
    } finally {
      await cloud.stop();
    }
  } finally {
    for (const signal of signals) {
      process.off(signal, endNow);
    }
  }
  return EXIT.nothingToDo;
}

function describeFaults(rules: readonly string[], clockSkewSeconds: number): string[] {
  const skew =
    clockSkewSeconds === 0 ? [] : [`clock of functions: ${clockSkewSeconds > 0 ? '+' : ''}${clockSkewSeconds}s`];
  return [...skew, ...rules];
}

/** The embedded cloud needs development dependencies; the other commands must work without them. */
async function loadEmbeddedCloud() {
  try {
    const [{ startLocalCloud }, { readFaultFile }] = await Promise.all([
      import('../../../local/start-local-cloud.ts'),
      import('../../../local/faults/fault-file.ts'),
    ]);
    return { startLocalCloud, readFaultFile };
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND') {
      throw new EmbeddedCloudMissing({ cause });
    }
    throw cause;
  }
}
