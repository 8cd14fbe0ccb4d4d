import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import { releaseClient } from '../../lifecycle/change-client-record.ts';
import { type ClientRecord, isHeld } from '../../lifecycle/client-record.ts';
import { changeClient } from '../../reaper/change-client.ts';
import { chooseDeployment } from '../choose-deployment.ts';
import { chooseTarget } from '../choose-target.ts';
import type { CliIo } from '../cli-io.ts';
import type { CliRuntime } from '../cli-runtime.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { releaseDocument } from '../json/release-document.ts';
import { toThrashingJson } from '../json/thrashing-json.ts';
import { renderRelease } from '../render/render-release.ts';
import { whereAgain } from '../where-again.ts';

export interface ReleaseOptions {
  readonly target?: string;
  readonly stage?: string;
  /** The client's id, or its first digits. */
  readonly release: string;
  /** Who asks: the name goes on record. */
  readonly user: string;
  readonly json?: boolean;
}

/** No client, or more than one, of that id thrashed. */
export class ClientUnknown extends SlotkeeperError {
  /** @param where options that name the target, see `whereAgain` */
  constructor(target: string, id: string, found: readonly ClientRecord[], where: string) {
    const got = found.length === 0 ? 'none' : `${found.length}: ${found.map((client) => client.id).join(', ')}`;
    super(
      'ClientUnknown',
      `Expected one client of target ${target} that thrashed and whose id begins with ${id}, found ${got}. ` +
        `Nothing was changed. See who is held with: slotkeeper leaks ${where}`,
    );
  }
}

/**
 * Lets the sessions of a client be ended again before its hold is over. What it did until now does not count any more.
 * It changes the session table alone, and asks no server.
 *
 * @throws ClientUnknown
 */
export async function releaseCommand(runtime: CliRuntime, io: CliIo, options: ReleaseOptions): Promise<ExitCode> {
  const target = chooseTarget(runtime.config, runtime.configPath, options.target).name;
  const deployment = await chooseDeployment(runtime, io, options.stage);
  const { stage } = deployment;
  const table = runtime.tableOf(deployment);
  const found = (await table.listClients(target)).filter(({ id }) => id.startsWith(options.release));
  const [client] = found;
  if (client === undefined || found.length > 1) {
    throw new ClientUnknown(target, options.release, found, whereAgain(runtime, target, stage));
  }
  const now = runtime.now();
  let did: 'released' | 'nothing' = 'nothing';
  const after = await changeClient(table, target, client, (record) => {
    did = record !== null && isHeld(record, now) ? 'released' : 'nothing';
    return record === null || did === 'nothing'
      ? null
      : releaseClient(record, { at: now.toISOString(), by: `cli:${options.user}` });
  });
  const document = releaseDocument.parse({
    schema: 'slotkeeper.release/1',
    stage,
    target,
    at: now.toISOString(),
    did,
    client: toThrashingJson(after ?? client, now),
  });
  io.out(options.json === true ? JSON.stringify(document) : renderRelease(document));
  return document.did === 'released' ? EXIT.acted : EXIT.nothingToDo;
}
