import { randomUUID } from 'node:crypto';
import type { Statement } from './statement.ts';
import { RETENTION_MS } from './statement-store.ts';

/** An EventBridge event as rules and targets see it. */
export interface StatementEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'Redshift Data Statement Status Change';
  readonly source: 'aws.redshift-data';
  readonly account: string;
  /** ISO 8601, whole seconds */
  readonly time: string;
  readonly region: string;
  /** The cluster's ARN, or the workgroup's. */
  readonly resources: readonly string[];
  readonly detail: {
    readonly principal: string;
    readonly statementName: string;
    readonly statementId: string;
    /** -1 where the cluster gave none */
    readonly redshiftQueryId: number;
    readonly state: string;
    readonly rows: number;
    /** Epoch seconds at which the result is forgotten. */
    readonly expireAt: number;
  };
}

/**
 * The event of an ended statement that asked for one (mgmt/data-api-monitoring-events). It names neither the session nor
 * the error. The principal's form is this emulator's own: the access key stands for the identity.
 */
export function statementEvent(
  statement: Statement,
  endedAt: Date,
  where: { readonly region: string; readonly accountId: string; readonly workgroupArn: string },
): StatementEvent {
  const { request } = statement;
  const { region, accountId, workgroupArn } = where;
  const { place } = request.target;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Redshift Data Statement Status Change',
    source: 'aws.redshift-data',
    account: accountId,
    time: endedAt.toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [
      'ClusterIdentifier' in place
        ? `arn:aws:redshift:${region}:${accountId}:cluster:${place.ClusterIdentifier}`
        : workgroupArn,
    ],
    detail: {
      principal: `arn:aws:iam::${accountId}:user/${request.owner}`,
      statementName: request.statementName ?? '',
      statementId: statement.id,
      redshiftQueryId: (statement.isBatch ? 0 : statement.parts[0]?.queryId) || -1,
      state: statement.status,
      rows: statement.parts.reduce((sum, part) => sum + Math.max(part.outcome?.rowCount ?? 0, 0), 0),
      expireAt: Math.floor((endedAt.getTime() + RETENTION_MS) / 1000),
    },
  };
}
