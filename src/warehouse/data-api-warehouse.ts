import {
  CancelStatementCommand,
  DescribeStatementCommand,
  type DescribeStatementCommandOutput,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  type GetStatementResultCommandOutput,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type { DataApiTarget } from '../config/target-config.ts';
import { dataApiCalls } from './data-api-calls.ts';
import { dataApiErrorKind } from './data-api-error-kind.ts';
import { DataApiFailed } from './data-api-failed.ts';
import { readPid } from './read-pid.ts';
import { columnNames, toRow } from './read-result-page.ts';
import { readStatus } from './read-status.ts';
import { ResultUnreadable } from './result-unreadable.ts';
import { SessionUnavailable } from './session-unavailable.ts';
import { statementInput } from './statement-input.ts';
import type { Row, Statement, StatementDescription, StatementStatus, Warehouse } from './warehouse.ts';
import { withoutSecrets } from './without-secrets.ts';

const ENDED: readonly StatementStatus[] = ['FINISHED', 'ABORTED', 'FAILED'];

export interface DataApiWarehouseOptions {
  /** Its own retries keep the ClientToken, so a submission that was taken is not taken twice. */
  readonly client: RedshiftDataClient;
  readonly target: DataApiTarget;
}

/**
 * SQL on a Redshift cluster or workgroup through the Data API. No error that it throws holds SQL text or a SessionId,
 * its cause neither.
 *
 * Beside the errors of {@link Warehouse}: `StatementInvalid` before anything is sent, `ResultUnreadable` for a result
 * whose values cannot be told exactly, `DataApiFailed` for everything else the service or the network says.
 */
export function createDataApiWarehouse({ client, target }: DataApiWarehouseOptions): Warehouse {
  const { ask, failed, answerWithout } = dataApiCalls(target.name);

  async function describe(
    statementId: string,
    { waitSeconds }: { readonly waitSeconds?: number } = {},
  ): Promise<StatementDescription> {
    const plain = () => client.send(new DescribeStatementCommand({ Id: statementId }));
    const waiting = () => client.send(new DescribeStatementCommand({ Id: statementId, WaitTimeSeconds: waitSeconds }));
    const answer =
      (waitSeconds === undefined ? null : await ask('DescribeStatement', statementId, 'too-many-waiters', waiting)) ??
      (await ask('DescribeStatement', statementId, null, plain));
    const status = readStatus(answer?.Status);
    if (answer === null || status === undefined) {
      throw answerWithout('DescribeStatement', 'Status');
    }
    return toDescription(statementId, status, answer);
  }

  return {
    describe,

    async submit(statement) {
      const input = statementInput(target, statement);
      const secrets = secretsOf(statement);
      const answer = await client.send(new ExecuteStatementCommand(input)).catch((error: unknown) => {
        throw dataApiErrorKind(error) === 'session-unavailable' && statement.session.kind === 'reuse'
          ? new SessionUnavailable({ cause: withoutSecrets(error, secrets) })
          : failed('ExecuteStatement', error, secrets);
      });
      if (answer.Id === undefined) {
        throw answerWithout('ExecuteStatement', 'Id');
      }
      return { statementId: answer.Id, sessionId: answer.SessionId ?? null };
    },

    async fetchRows(statementId) {
      const rows: Row[] = [];
      let names: readonly string[] | null = null;
      let token: string | undefined;
      do {
        const page: GetStatementResultCommandOutput | null = await ask(
          'GetStatementResult',
          statementId,
          names === null ? 'no-result' : null,
          () => client.send(new GetStatementResultCommand({ Id: statementId, NextToken: token })),
        );
        if (page === null) {
          return [];
        }
        names ??= columnNames(statementId, page.ColumnMetadata ?? []);
        for (const fields of page.Records ?? []) {
          rows.push(toRow(statementId, names, fields));
        }
        if (page.NextToken !== undefined && page.NextToken === token) {
          throw new ResultUnreadable(statementId, 'expected each page to name the next one, got the same page again.');
        }
        token = page.NextToken;
      } while (token !== undefined && token !== '');
      return rows;
    },

    async cancel(statementId) {
      const send = () => client.send(new CancelStatementCommand({ Id: statementId }));
      const answer = await ask('CancelStatement', statementId, 'already-ended', send);
      if (answer?.Status === false && !ENDED.includes((await describe(statementId)).status)) {
        throw new DataApiFailed(
          { operation: 'CancelStatement', target: target.name, reason: null },
          `statement ${statementId} was not cancelled and has not ended. Look at it again, or cancel it anew.`,
        );
      }
    },
  };
}

function toDescription(
  statementId: string,
  status: StatementStatus,
  answer: DescribeStatementCommandOutput,
): StatementDescription {
  return {
    statementId,
    status,
    error: answer.Error ?? null,
    pid: readPid(answer.RedshiftPid),
    sessionId: answer.SessionId ?? null,
    hasResultSet: answer.HasResultSet ?? false,
    resultRows: answer.ResultRows ?? -1,
  };
}

function secretsOf({ sql, session }: Statement): string[] {
  return [sql, ...(session.kind === 'reuse' ? [session.sessionId] : [])];
}
