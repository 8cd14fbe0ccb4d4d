import { isSameBackend } from '../../backends/backend-identity.ts';
import type { TargetConfig } from '../../config/slotkeeper-config.ts';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import { chooseDeployment } from '../choose-deployment.ts';
import { chooseTarget } from '../choose-target.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime } from '../cli-runtime.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { explainLive } from '../explain-live.ts';
import { explainRecorded } from '../explain-recorded.ts';
import { explainDocument } from '../json/explain-document.ts';
import { lookNow } from '../look-now.ts';
import { readLastNotice } from '../read-last-notice.ts';
import { renderExplain } from '../render/render-explain.ts';
import { whereAgain } from '../where-again.ts';

export interface ExplainOptions {
  readonly target?: string;
  readonly stage?: string;
  /** Only what the session table knows; nobody asks the server. */
  readonly recorded?: boolean;
  readonly json?: boolean;
}

/** Most backends that had the pid before: servers reuse pids, and the newest are asked about. */
const EARLIER = 5;

/** Nobody has the pid, or nobody looked, and the session table knows nobody who had it. */
export class BackendUnknown extends SlotkeeperError {
  /** @param where options that name the target, see `whereAgain` */
  constructor(target: string, pid: number, looked: boolean, where: string) {
    super(
      'BackendUnknown',
      (looked
        ? `No session of target ${target} has the pid ${pid}, and none that had it is on record: `
        : `No session of target ${target} that has or had the pid ${pid} is on record: `) +
        'a session is recorded ' +
        'when its owner is told or its end is claimed, and kept as long as runs.retention says. See who is there with: ' +
        `slotkeeper backends ${where}`,
    );
  }
}

/**
 * Explains what a run would do now with the session of a pid, and what was done to those that had the pid before, clause
 * by clause. It changes nothing.
 *
 * @throws CanaryFailed when the database user may not see everyone's sessions
 * @throws BackendUnknown
 */
export async function explainCommand(
  runtime: CliRuntime,
  io: CliIo,
  pid: number,
  options: ExplainOptions,
): Promise<ExitCode> {
  const target = chooseTarget(runtime.config, runtime.configPath, options.target);
  const deployment = await chooseDeployment(runtime, io, options.stage);
  const { stage } = deployment;
  const table = runtime.tableOf(deployment);
  const looks = options.recorded !== true;
  const live = looks ? await explainWithNotice(runtime, deployment, target, pid) : null;
  const { items } = await table.listBackends({ target: target.name, pid, limit: EARLIER + 1 });
  const earlier = items.filter(({ identity }) => live === null || !isSameBackend(identity, live)).slice(0, EARLIER);
  const recorded = await Promise.all(earlier.map((record) => explainRecorded(table, record, looks ? false : null)));
  const backends = [...(live === null ? [] : [live]), ...recorded];
  if (backends.length === 0) {
    throw new BackendUnknown(target.name, pid, looks, whereAgain(runtime, target.name, stage));
  }
  const document = explainDocument.parse({
    schema: 'slotkeeper.explain/1',
    stage,
    target: target.name,
    pid,
    backends,
  });
  io.out(options.json === true ? JSON.stringify(document) : renderExplain(document, io));
  return EXIT.nothingToDo;
}

/** What a run would do now; of one that is to be warned, also why the last run did not come to it. */
async function explainWithNotice(runtime: CliRuntime, deployment: Deployment, target: TargetConfig, pid: number) {
  const live = explainLive(await lookNow(runtime, deployment, target), target.caps, pid);
  const owner = live?.decision?.action === 'warn' ? live.decision.owner : null;
  return live === null || owner === null
    ? live
    : { ...live, notice: await readLastNotice(runtime.tableOf(deployment), target.name, owner) };
}
