import pMap from 'p-map';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import { chooseDeployment } from '../choose-deployment.ts';
import { chooseTarget } from '../choose-target.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime } from '../cli-runtime.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { poolDocument } from '../json/pool-document.ts';
import { renderPool } from '../render/render-pool.ts';
import { summarizeAll, summarizeTenant } from '../summarize-pool.ts';

export interface PoolOptions {
  readonly target?: string;
  readonly stage?: string;
  readonly json?: boolean;
}

/** Tenants that are read at once. */
const READ_CONCURRENCY = 8;

/** The target has no pool. */
export class PoolNotConfigured extends SlotkeeperError {
  constructor(target: string, configPath: string) {
    super(
      'PoolNotConfigured',
      `Expected target ${target} to have a pool in ${configPath}, but it has none: tenants do not query it. Name another with --target, or add targets.${target}.pool.`,
    );
  }
}

/**
 * Shows how tenants share sessions now. It reads the session table only, and changes nothing.
 *
 * @throws PoolNotConfigured
 */
export async function poolCommand(runtime: CliRuntime, io: CliIo, options: PoolOptions): Promise<ExitCode> {
  const target = chooseTarget(runtime.config, runtime.configPath, options.target);
  if (target.pool === null) {
    throw new PoolNotConfigured(target.name, runtime.configPath);
  }
  const deployment = await chooseDeployment(runtime, io, options.stage);
  const { stage } = deployment;
  const table = runtime.poolTableOf(deployment);
  const live = await table.listLiveSessions(target.name);
  const keys = [...new Map(live.map(({ key }) => [JSON.stringify(key), key])).values()];
  // The index may lag; what is shown is read from the items themselves.
  const states = await pMap(keys, async (key) => ({ key, state: await table.readPool(key) }), {
    concurrency: READ_CONCURRENCY,
  });
  const takenAt = runtime.now().toISOString();
  const tenants = states
    .map(({ key, state }) => summarizeTenant(key, state, takenAt))
    .sort((a, b) => a.tenant.localeCompare(b.tenant) || a.database.localeCompare(b.database));
  const { maxPerTenant, maxPerTarget } = target.pool.limits;
  const document = poolDocument.parse({
    schema: 'slotkeeper.pool/1',
    stage,
    target: target.name,
    takenAt,
    limits: { maxPerTenant, maxPerTarget },
    total: summarizeAll(tenants),
    tenants,
  });
  io.out(options.json === true ? JSON.stringify(document) : renderPool(document, io));
  return EXIT.nothingToDo;
}
