import type { ExecuteStatementCommandInput } from '@aws-sdk/client-redshift-data';
import type { PoolTarget } from './pool-target.ts';
import type { PoolPlace, PoolStatement } from './pool-warehouse.ts';
import { secretOfUser } from './tenant-secret.ts';

/**
 * What `ExecuteStatement` is asked for a pool's statement. A session that is there comes alone: it has its cluster,
 * database and user, and the service takes none of them beside it (apache/airflow#42218). A workgroup takes no DbUser at all
 * (AWS page mgmt/data-api-access): there a tenant's user signs in with its secret.
 */
export function poolStatementInput(target: PoolTarget, statement: PoolStatement): ExecuteStatementCommandInput {
  const parameters = Object.entries(statement.parameters).map(([name, value]) => ({ name, value }));
  return {
    Sql: statement.sql,
    ClientToken: statement.clientToken,
    StatementName: statement.name,
    ...(parameters.length === 0 ? {} : { Parameters: parameters }),
    ...(statement.withEvent ? { WithEvent: true } : {}),
    ...(statement.waitSeconds === null ? {} : { WaitTimeSeconds: statement.waitSeconds }),
    ...placeMembers(target, statement.place),
  };
}

function placeMembers(target: PoolTarget, place: PoolPlace): Partial<ExecuteStatementCommandInput> {
  if (place.kind === 'reuse') {
    return {
      SessionId: place.sessionId,
      ...(place.keepAliveSeconds === undefined ? {} : { SessionKeepAliveSeconds: place.keepAliveSeconds }),
    };
  }
  return {
    ...('cluster' in target
      ? { ClusterIdentifier: target.cluster, DbUser: place.dbUser }
      : { WorkgroupName: target.workgroup, SecretArn: secretOfUser(target, place.dbUser) }),
    Database: place.database,
    SessionKeepAliveSeconds: place.keepAliveSeconds,
  };
}
