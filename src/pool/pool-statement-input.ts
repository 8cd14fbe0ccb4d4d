import type { ExecuteStatementCommandInput } from '@aws-sdk/client-redshift-data';
import type { PoolTarget } from './pool-target.ts';
import type { PoolPlace, PoolStatement } from './pool-warehouse.ts';

/**
 * What `ExecuteStatement` is asked for a pool's statement. A session that is there comes alone: it has its cluster,
 * database and user, and the service takes none of them beside it (apache/airflow#42218).
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
    ClusterIdentifier: target.cluster,
    Database: place.database,
    DbUser: place.dbUser,
    SessionKeepAliveSeconds: place.keepAliveSeconds,
  };
}
