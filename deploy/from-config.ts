import { loadConfig } from '../src/config/load-config.ts';
import type { TargetConfig } from '../src/config/target-config.ts';
import { SlotkeeperError } from '../src/errors/slotkeeper-error.ts';
import { alarms } from './alarms.ts';
import { roles } from './all-roles.ts';
import { checkQuotas } from './check-quotas.ts';
import type { Resources } from './cloudformation.ts';
import { dashboard } from './dashboard.ts';
import { deadLetters } from './dead-letters.ts';
import { functions } from './functions.ts';
import { outputs } from './outputs.ts';
import { poolEvents } from './pool-events.ts';
import { queryApi } from './query-api.ts';
import { isScheduled, schedules } from './schedules.ts';
import { sessionTable } from './session-table.ts';
import { snoozeKey } from './snooze-key.ts';
import { type StackParts, stackParts } from './stack-parts.ts';
import { type MachineId, machineLogGroups, stateMachines } from './state-machines.ts';
import { topics } from './topics.ts';

/** A file that the embedded cloud can use and AWS cannot; better said now than by a stack that rolls back. */
export class NotDeployable extends SlotkeeperError {
  constructor(targets: readonly TargetConfig[]) {
    const found = targets.map(({ name, schedule }) => `targets.${name}.schedule: ${schedule}`).join(', ');
    super(
      'NotDeployable',
      `Expected schedules of whole minutes, the least that EventBridge knows, got ${found}. Seconds are for the embedded cloud: write minutes, hours or days, or leave the schedule out.`,
    );
  }
}

/**
 * The stack of a stage, as far as `slotkeeper.yml` decides it: which functions, state machines, roles, schedules and
 * subscriptions there are, and what each may do on which cluster, workgroup or server.
 *
 * @param path of the file, from the root of the repository
 * @throws InvalidConfig with every problem of the file
 * @throws NotDeployable when a schedule is in seconds, or PostgreSQL targets are in different VPCs
 * @throws StackTooLarge when there are more targets than one stack has room for
 * @throws NameTooLong when AWS has no room for a name
 */
export function fromConfig(path: string, stage: string) {
  const config = loadConfig(path);
  const parts = stackParts(config, { path, stage });
  const inSeconds = parts.targets.filter(({ schedule }) => schedule?.includes(' second'));
  if (inSeconds.length > 0) {
    throw new NotDeployable(inSeconds);
  }
  const { names, has } = parts;
  const machines: MachineId[] = [
    ...(has.dataApi ? ['ReapRedshiftSessions' as const] : []),
    ...(has.postgres ? ['ReapPostgresSessions' as const] : []),
  ];
  const watching = alarms(parts, machines);
  const resources: Resources = {
    ...sessionTable(names),
    ...topics(names, config.notices.subscriptions),
    ...(has.snooze ? snoozeKey(names) : {}),
    ...deadLetters(names),
    ...roles(parts),
    ...machineLogGroups(names, machines),
    ...schedules(names, parts.targets.filter(isScheduled), config.runs.startWithin),
    ...(has.pool ? poolEvents(names) : {}),
    ...(parts.api === null ? {} : queryApi(names, parts.api)),
    ...watching,
    ...dashboard(parts, machines, Object.keys(watching)),
  };
  const entries = functions(parts);
  checkQuotas(resources, Object.keys(entries).length);
  return {
    functions: entries,
    stateMachines: stateMachines(names, machines),
    resources: { Resources: resources, Outputs: outputs(parts) },
    packaged: packaged(parts),
  };
}

/** Files that the functions read: slotkeeper.yml, and the certificate authorities that it names. */
function packaged({ config, servers }: StackParts): string[] {
  const authorities = servers.flatMap(({ tls }) => (tls.mode === 'verify-full' && tls.ca !== null ? [tls.ca] : []));
  return [...new Set([config, ...authorities])];
}
