import type { ExecuteStatementCommandInput } from '@aws-sdk/client-redshift-data';
import type { DataApiTarget } from '../config/target-config.ts';
import { StatementInvalid } from './statement-invalid.ts';
import type { SessionChoice, Statement } from './warehouse.ts';

/** Model of the Data API (botocore redshift-data 2019-12-20): ParameterName and ClientToken. */
const PARAMETER_NAME = /^[0-9a-zA-Z_]+$/;
const CLIENT_TOKEN_MAX = 64;

/**
 * What `ExecuteStatement` is asked for a statement. A reused session comes alone: it has its cluster, database and user,
 * and the service takes none of them beside it (apache/airflow#42218).
 *
 * @throws StatementInvalid for what the service would refuse in any case
 */
export function statementInput(target: DataApiTarget, statement: Statement): ExecuteStatementCommandInput {
  const { sql, clientToken, session } = statement;
  if (clientToken.length < 1 || clientToken.length > CLIENT_TOKEN_MAX) {
    throw new StatementInvalid(
      `Expected a client token of 1 to ${CLIENT_TOKEN_MAX} characters, got ${clientToken.length}.`,
    );
  }
  const parameters = Object.entries(statement.parameters).map(([name, value]) => {
    if (!PARAMETER_NAME.test(name)) {
      throw new StatementInvalid(`Expected parameter '${name}' to be named by letters, digits and underscores.`);
    }
    if (value === '') {
      throw new StatementInvalid(
        `Expected parameter '${name}' to have a value, got an empty text, which the Data API does not take. Write '' into the SQL where it is meant.`,
      );
    }
    return { name, value };
  });
  return {
    Sql: sql,
    ClientToken: clientToken,
    ...(parameters.length === 0 ? {} : { Parameters: parameters }),
    ...sessionMembers(target, session),
  };
}

function sessionMembers(target: DataApiTarget, session: SessionChoice) {
  if (session.kind === 'reuse') {
    return {
      SessionId: session.sessionId,
      ...(session.keepAliveSeconds === undefined ? {} : { SessionKeepAliveSeconds: session.keepAliveSeconds }),
    };
  }
  return {
    ...(target.engine === 'redshift'
      ? { ClusterIdentifier: target.cluster, ...(target.dbUser === null ? {} : { DbUser: target.dbUser }) }
      : { WorkgroupName: target.workgroup }),
    Database: target.database,
    ...(target.secretArn === null ? {} : { SecretArn: target.secretArn }),
    ...(session.kind === 'new' ? { SessionKeepAliveSeconds: session.keepAliveSeconds } : {}),
  };
}
