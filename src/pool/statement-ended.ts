/**
 * What the pool needs of a `Redshift Data Statement Status Change` event (Redshift management guide, "Monitoring Data
 * API events in EventBridge"). The event names neither the session nor the error.
 */
export interface StatementEnded {
  readonly statementId: string;
  readonly statementName: string;
  readonly state: 'FINISHED' | 'FAILED' | 'ABORTED';
  /** The event's `time`: ISO 8601. */
  readonly at: string;
}
