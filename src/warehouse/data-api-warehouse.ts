import {
  CancelStatementCommand,
  DescribeStatementCommand,
  type DescribeStatementCommandOutput,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  type GetStatementResultCommandOutput,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type { TargetConfig } from '../config/slotkeeper-config.ts';
import { type DataApiErrorKind, dataApiErrorKind } from './data-api-error-kind.ts';
import { DataApiFailed } from './data-api-failed.ts';
import { columnNames, toRow } from './read-result-page.ts';
import { ResultUnreadable } from './result-unreadable.ts';
import { SessionUnavailable } from './session-unavailable.ts';
import { statementInput } from './statement-input.ts';
import { StatementUnknown } from './statement-unknown.ts';
import type { Row, Statement, StatementDescription, StatementStatus, Warehouse } from './warehouse.ts';
import { withoutSecrets } from './without-secrets.ts';

const STATUSES: readonly StatementStatus[] = ['SUBMITTED', 'PICKED', 'STARTED', 'FINISHED', 'ABORTED', 'FAILED'];
const ENDED: readonly StatementStatus[] = ['FINISHED', 'ABORTED', 'FAILED'];

export interface DataApiWarehouseOptions {
  /** Its own retries keep the ClientToken, so a submission that was taken is not taken twice. */
  readonly client: RedshiftDataClient;
  readonly target: TargetConfig;
}

/**
 * SQL on a provisioned Redshift cluster through the Data API. No error that it throws holds SQL text or a SessionId,
 * its cause neither.
 *
 * Beside the errors of {@link Warehouse}: `StatementInvalid` before anything is sent, `ResultUnreadable` for a result
 * whose values cannot be told exactly, `DataApiFailed` for everything else the service or the network says.
 */
export function createDataApiWarehouse({ client, target }: DataApiWarehouseOptions): Warehouse {
  function failed(operation: string, error: unknown, secrets: readonly string[] = []): DataApiFailed {
    const cause = withoutSecrets(error, secrets);
    const about = { operation, target: target.name, reason: cause.name };
    return new DataApiFailed(about, `the Data API answered ${cause.name}: ${cause.message}`, { cause });
  }

  function answerWithout(operation: string, member: string): DataApiFailed {
    return new DataApiFailed(
      { operation, target: target.name, reason: null },
      `expected the answer to have a known ${member}.`,
    );
  }

  /** Sends a request about a statement; an error of the expected kind is answered by null. */
  async function ask<T>(
    operation: string,
    statementId: string,
    expected: DataApiErrorKind | null,
    send: () => Promise<T>,
  ): Promise<T | null> {
    try {
      return await send();
    } catch (cause) {
      const kind = dataApiErrorKind(cause);
      if (kind === expected) {
        return null;
      }
      throw kind === 'statement-unknown' ? new StatementUnknown(statementId, { cause }) : failed(operation, cause);
    }
  }

  async function describe(statementId: string): Promise<StatementDescription> {
    const send = () => client.send(new DescribeStatementCommand({ Id: statementId }));
    const answer = await ask('DescribeStatement', statementId, null, send);
    const status = STATUSES.find((known) => known === answer?.Status);
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
  const pid = answer.RedshiftPid;
  return {
    statementId,
    status,
    error: answer.Error ?? null,
    pid: pid === undefined || pid <= 0 ? null : pid,
    sessionId: answer.SessionId ?? null,
    hasResultSet: answer.HasResultSet ?? false,
    resultRows: answer.ResultRows ?? -1,
  };
}

function secretsOf({ sql, session }: Statement): string[] {
  return [sql, ...(session.kind === 'reuse' ? [session.sessionId] : [])];
}
