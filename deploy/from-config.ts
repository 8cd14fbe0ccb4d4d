import { loadConfig } from '../src/config/load-config.ts';
import { isPooled, type PooledTargetConfig } from '../src/config/pool-config.ts';
import type { RedshiftTarget, TargetConfig } from '../src/config/target-config.ts';
import { SlotkeeperError } from '../src/errors/slotkeeper-error.ts';

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

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: unknown;
}

const sub = (template: string): { 'Fn::Sub': string } => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${template}`,
});

/** How the Data API signs in decides which credentials action is needed; the ARN shapes are those of the Redshift IAM reference. */
function credentialStatement(target: RedshiftTarget): Statement {
  const database = sub(`redshift:\${AWS::Region}:\${AWS::AccountId}:dbname:${target.cluster}/${target.database}`);
  if (target.secretArn !== null) {
    return { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: target.secretArn };
  }
  if (target.dbUser !== null) {
    const user = sub(`redshift:\${AWS::Region}:\${AWS::AccountId}:dbuser:${target.cluster}/${target.dbUser}`);
    return { Effect: 'Allow', Action: ['redshift:GetClusterCredentials'], Resource: [database, user] };
  }
  return { Effect: 'Allow', Action: ['redshift:GetClusterCredentialsWithIAM'], Resource: [database] };
}

/**
 * Tenants' sessions sign in as the users of the template, and as nobody else. `*` of an ARN also stands for what no
 * tenant id has; which tenant it is, the function decides.
 */
function tenantStatements(targets: readonly PooledTargetConfig[]): Statement[] {
  const clusters = [...new Set(targets.map((target) => target.cluster))];
  const execute: Statement = {
    Effect: 'Allow',
    Action: ['redshift-data:ExecuteStatement'],
    Resource: clusters.map((cluster) => sub(`redshift:\${AWS::Region}:\${AWS::AccountId}:cluster:${cluster}`)),
  };
  const signIn = targets.map(({ cluster, database, pool }): Statement => {
    const user = pool.dbUser.replace('{tenantId}', '*');
    return {
      Effect: 'Allow',
      Action: ['redshift:GetClusterCredentials'],
      Resource: [
        sub(`redshift:\${AWS::Region}:\${AWS::AccountId}:dbname:${cluster}/${database}`),
        sub(`redshift:\${AWS::Region}:\${AWS::AccountId}:dbuser:${cluster}/${user}`),
      ],
    };
  });
  // A policy without a statement is none: without a pool the role may still not do anything.
  return clusters.length === 0
    ? [{ Effect: 'Deny', Action: ['redshift-data:ExecuteStatement'], Resource: '*' }]
    : [execute, ...signIn];
}

/**
 * What the stack owes to `slotkeeper.yml`: a schedule for each target that has one, and the rights on exactly its
 * cluster, database, secret and tenants' users.
 *
 * @throws InvalidConfig with every problem of the file
 * @throws NotDeployable when a schedule is in seconds
 */
export function fromConfig(path: string) {
  const targets = Object.values(loadConfig(path).targets);
  const inSeconds = targets.filter(({ schedule }) => schedule?.includes(' second'));
  if (inSeconds.length > 0) {
    throw new NotDeployable(inSeconds);
  }
  const schedules = targets
    .filter((target) => target.schedule !== null)
    .map((target) => ({
      schedule: {
        name: `\${self:custom.prefix}-${target.name}-schedule`,
        rate: target.schedule,
        enabled: true,
        input: { target: target.name, dryRun: false },
      },
    }));
  const provisioned = targets.filter((target) => target.engine === 'redshift');
  const clusters = [...new Set(provisioned.map((target) => target.cluster))];
  const dataApiStatements: Statement[] = [
    {
      Effect: 'Allow',
      Action: ['redshift-data:ExecuteStatement'],
      Resource: clusters.map((cluster) => sub(`redshift:\${AWS::Region}:\${AWS::AccountId}:cluster:${cluster}`)),
    },
    ...provisioned.map(credentialStatement),
  ];
  return { schedules, dataApiStatements, tenantStatements: tenantStatements(targets.filter(isPooled)) };
}
