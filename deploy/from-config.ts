import { loadConfig } from '../src/config/load-config.ts';
import { isPooled } from '../src/config/pool-config.ts';
import { isDataApiTarget, type TargetConfig } from '../src/config/target-config.ts';
import { SlotkeeperError } from '../src/errors/slotkeeper-error.ts';
import { dataApiStatements, tenantStatements } from './data-api-statements.ts';
import { postgresStatements, vpcOf } from './postgres-statements.ts';

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
 * What the stack owes to `slotkeeper.yml`: a schedule for each target that has one, on the state machine of its engine,
 * the rights on exactly its cluster, workgroup or server, database, secret and users, and the VPC of its servers.
 *
 * @throws InvalidConfig with every problem of the file
 * @throws NotDeployable when a schedule is in seconds, or PostgreSQL targets are in different VPCs
 */
export function fromConfig(path: string) {
  const targets = Object.values(loadConfig(path).targets);
  const inSeconds = targets.filter(({ schedule }) => schedule?.includes(' second'));
  if (inSeconds.length > 0) {
    throw new NotDeployable(inSeconds);
  }
  const servers = targets.filter((target) => target.engine === 'postgres');
  return {
    schedules: schedulesOf(targets.filter(isDataApiTarget)),
    postgresSchedules: schedulesOf(servers),
    postgresStatements: postgresStatements(servers),
    // `false` is how the framework is told of none.
    postgresVpc: vpcOf(servers) ?? false,
    dataApiStatements: dataApiStatements(targets.filter(isDataApiTarget)),
    tenantStatements: tenantStatements(targets.filter(isPooled)),
  };
}

function schedulesOf(targets: readonly TargetConfig[]) {
  return targets
    .filter((target) => target.schedule !== null)
    .map((target) => ({
      schedule: {
        name: `\${self:custom.prefix}-${target.name}-schedule`,
        rate: target.schedule,
        enabled: true,
        input: { target: target.name, dryRun: false },
      },
    }));
}
