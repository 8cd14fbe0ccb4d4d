import type { PooledTargetConfig } from '../src/config/pool-config.ts';
import type { DataApiTarget } from '../src/config/target-config.ts';
import { ACCOUNT, sub as cfnSub, REGION } from './cloudformation.ts';
import type { PolicyStatement } from './policy-statement.ts';

const sub = (template: string) => cfnSub(`arn:\${AWS::Partition}:${template}`);

const here = `${REGION}:${ACCOUNT}`;

/**
 * What a target is to IAM. A workgroup's ARN ends in an id that its name does not tell, and the resource types of the Data API
 * know no other way to narrow it (Service Authorization Reference, Redshift Data API and Redshift Serverless): where
 * `slotkeeper.yml` does not give the ARN, it is any workgroup of the account and region.
 */
function warehouseArn(target: DataApiTarget): unknown {
  return target.engine === 'redshift'
    ? sub(`redshift:${here}:cluster:${target.cluster}`)
    : (target.workgroupArn ?? sub(`redshift-serverless:${here}:workgroup/*`));
}

function executeStatement(targets: readonly DataApiTarget[]): PolicyStatement {
  return { Effect: 'Allow', Action: ['redshift-data:ExecuteStatement'], Resource: distinct(targets.map(warehouseArn)) };
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** How the Data API signs in decides which credentials action is needed; the ARN shapes are those of the Redshift IAM reference. */
function credentialStatement(target: DataApiTarget): PolicyStatement {
  if (target.secretArn !== null) {
    return { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: target.secretArn };
  }
  if (target.engine === 'redshift-serverless') {
    return { Effect: 'Allow', Action: ['redshift-serverless:GetCredentials'], Resource: [warehouseArn(target)] };
  }
  const database = sub(`redshift:${here}:dbname:${target.cluster}/${target.database}`);
  if (target.dbUser !== null) {
    const user = sub(`redshift:${here}:dbuser:${target.cluster}/${target.dbUser}`);
    return { Effect: 'Allow', Action: ['redshift:GetClusterCredentials'], Resource: [database, user] };
  }
  return { Effect: 'Allow', Action: ['redshift:GetClusterCredentialsWithIAM'], Resource: [database] };
}

/** Statements on exactly the clusters, workgroups, databases and secrets of the targets. */
export function dataApiStatements(targets: readonly DataApiTarget[]): PolicyStatement[] {
  return targets.length === 0 ? [] : distinct([executeStatement(targets), ...targets.map(credentialStatement)]);
}

/**
 * Tenants' sessions sign in as the users of the template, or with the secrets of the template, and as nobody else. `*` of an ARN
 * also stands for what no tenant id has; which tenant it is, the function decides.
 */
export function tenantStatements(targets: readonly PooledTargetConfig[]): PolicyStatement[] {
  return targets.length === 0 ? [] : distinct([executeStatement(targets), ...targets.map(tenantCredentials)]);
}

function tenantCredentials(target: PooledTargetConfig): PolicyStatement {
  if (target.engine === 'redshift-serverless') {
    // Secrets Manager adds a hyphen and six characters to the name.
    const secret = sub(`secretsmanager:${here}:secret:${target.pool.secret.replace('{tenantId}', '*')}-??????`);
    return { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: [secret] };
  }
  const { cluster, database, pool } = target;
  return {
    Effect: 'Allow',
    Action: ['redshift:GetClusterCredentials'],
    Resource: [
      sub(`redshift:${here}:dbname:${cluster}/${database}`),
      sub(`redshift:${here}:dbuser:${cluster}/${pool.dbUser.replace('{tenantId}', '*')}`),
    ],
  };
}
