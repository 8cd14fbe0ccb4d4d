import type { BackendIdentity } from './backend-identity.ts';
import type { SessionHistory } from './history-session.ts';
import { readRedshiftHistory } from './read-redshift-history.ts';
import { readRedshiftSnapshot } from './read-redshift-snapshot.ts';
import { readServerlessSnapshot } from './read-serverless-snapshot.ts';
import { readSignalled } from './read-signalled.ts';
import { REDSHIFT_HISTORY_SQL } from './redshift-history-sql.ts';
import { REDSHIFT_SESSION_SQL } from './redshift-session-sql.ts';
import { redshiftTermination } from './redshift-termination.ts';
import type { ResultRow } from './result-row.ts';
import { SERVERLESS_HISTORY_SQL } from './serverless-history-sql.ts';
import { SERVERLESS_SESSION_SQL } from './serverless-session-sql.ts';
import { serverlessTermination } from './serverless-termination.ts';
import type { SessionEngine } from './session-engine.ts';

/** Redshift, asked through its Data API: values by name, as text. */
export interface RedshiftEngine extends SessionEngine<Readonly<Record<string, string>>> {
  /**
   * Reads the rows of the guarded statement: who passed its guard and was signalled.
   *
   * @throws SnapshotUnreadable when a row is of another shape
   */
  readSignalled(rows: readonly ResultRow[], target: string): readonly BackendIdentity[];
  /** Sessions of the past; its parameter `seconds` says how far back. */
  readonly historySql: string;
  /** @throws SnapshotUnreadable when a row is of another shape */
  readHistory(rows: readonly ResultRow[], target: string): SessionHistory;
}

const PROVISIONED: RedshiftEngine = {
  sessionSql: REDSHIFT_SESSION_SQL,
  readSnapshot: readRedshiftSnapshot,
  termination: redshiftTermination,
  readSignalled,
  historySql: REDSHIFT_HISTORY_SQL,
  readHistory: (rows, target) => readRedshiftHistory(rows, target),
};

const SERVERLESS: RedshiftEngine = {
  sessionSql: SERVERLESS_SESSION_SQL,
  readSnapshot: readServerlessSnapshot,
  termination: serverlessTermination,
  readSignalled,
  historySql: SERVERLESS_HISTORY_SQL,
  readHistory: (rows, target) => readRedshiftHistory(rows, target),
};

/** By the engine's name in `slotkeeper.yml`: a workgroup holds nothing in the views of a cluster. */
const ENGINES = { redshift: PROVISIONED, 'redshift-serverless': SERVERLESS } as const;

/** How sessions of a Redshift target are looked at and ended through the Data API. */
export function redshiftEngine({ engine }: { readonly engine: keyof typeof ENGINES }): RedshiftEngine {
  return ENGINES[engine];
}
