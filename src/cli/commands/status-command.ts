import pMap from 'p-map';
import type { TopicSubscriptions } from '../../messaging/sns-subscriptions.ts';
import { chooseDeployment } from '../choose-deployment.ts';
import { chooseTarget } from '../choose-target.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime } from '../cli-runtime.ts';
import { topicOf } from '../deployment/deployment.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { statusDocument } from '../json/status-document.ts';
import { readTargetStatus } from '../read-target-status.ts';
import { renderStatus } from '../render/render-status.ts';

export interface StatusOptions {
  readonly target?: string;
  readonly stage?: string;
  readonly json?: boolean;
}

/** Targets that are read at once. */
const READ_CONCURRENCY = 4;

/**
 * Shows how a stage is: its stack, who gets messages, and per target its schedule, runs, slots and lock. It asks AWS and
 * the session table, no server, and changes nothing.
 *
 * @throws StageUnknown StackUnusable TargetNotConfigured OutputMissing
 */
export async function statusCommand(runtime: CliRuntime, io: CliIo, options: StatusOptions): Promise<ExitCode> {
  const { config, configPath, deployments, services } = runtime;
  const targets =
    options.target === undefined ? Object.values(config.targets) : [chooseTarget(config, configPath, options.target)];
  const deployment = await chooseDeployment(runtime, io, options.stage);
  const table = runtime.tableOf(deployment);
  const [owners, operators, statuses] = await Promise.all([
    services.subscriptionsOf(topicOf(deployment, 'owners')),
    services.subscriptionsOf(topicOf(deployment, 'operators')),
    pMap(targets, (target) => readTargetStatus(runtime, deployment, table, target), { concurrency: READ_CONCURRENCY }),
  ]);
  const document = statusDocument.parse({
    schema: 'slotkeeper.status/1',
    stage: deployment.stage,
    region: await deployments.region(),
    at: runtime.now().toISOString(),
    stack: deployment.stack,
    subscriptions: { owners: countOf(owners), operators: countOf(operators) },
    targets: statuses,
  });
  io.out(options.json === true ? JSON.stringify(document) : renderStatus(document, io));
  return EXIT.nothingToDo;
}

function countOf({ confirmed, unseen, pending }: TopicSubscriptions) {
  return { confirmed: confirmed.length + unseen, pending };
}
