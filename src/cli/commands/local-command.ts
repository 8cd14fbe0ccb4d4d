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
 * @throws PortInUseError, EmbeddedCloudMissing
 */
export async function localCommand(io: CliIo, options: LocalOptions): Promise<ExitCode> {
  const { startLocalCloud } = await loadEmbeddedCloud();
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

/** The embedded cloud needs development dependencies; the other commands must work without them. */
async function loadEmbeddedCloud() {
  try {
    return await import('../../../local/start-local-cloud.ts');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND') {
      throw new EmbeddedCloudMissing({ cause });
    }
    throw cause;
  }
}
