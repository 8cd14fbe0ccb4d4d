import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  type Field,
  GetStatementResultCommand,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type { Question } from './question.ts';

/** The longest wait of one call, seconds (API reference, WaitTimeSeconds). */
const WAIT_SECONDS = 30;

/** Where a statement runs: on a session, or on one that is opened for it. */
export type StatementPlace = Pick<
  ExecuteStatementCommandInput,
  'SessionId' | 'SessionKeepAliveSeconds' | 'ClusterIdentifier' | 'Database' | 'DbUser'
>;

/** Redshift's own refusal of a statement, or of the connection that it needs. */
export class StatementFailed extends Error {
  override readonly name = 'StatementFailed';
}

export interface StatementAnswer {
  readonly rows: readonly (readonly unknown[])[];
  readonly sessionId: string | null;
}

/** A statement and its rows by the fewest calls there are: one that waits for its end, one that fetches. */
export async function runStatement(
  client: RedshiftDataClient,
  { sql, value }: Question,
  place: StatementPlace,
): Promise<StatementAnswer> {
  const { Id, SessionId, ...submitted } = await client.send(
    new ExecuteStatementCommand({
      ...place,
      Sql: sql,
      Parameters: [{ name: 'value', value }],
      WaitTimeSeconds: WAIT_SECONDS,
    }),
  );
  let status: string | undefined = submitted.Status;
  while (status !== 'FINISHED') {
    const seen = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: WAIT_SECONDS }));
    if (seen.Status === 'FAILED' || seen.Status === 'ABORTED') {
      throw new StatementFailed(seen.Error ?? seen.Status);
    }
    status = seen.Status;
  }
  const { Records = [] } = await client.send(new GetStatementResultCommand({ Id }));
  return { rows: Records.map((row) => row.map(fieldValue)), sessionId: SessionId ?? null };
}

function fieldValue({ stringValue, longValue, isNull }: Field): unknown {
  return isNull === true ? null : (stringValue ?? longValue);
}
