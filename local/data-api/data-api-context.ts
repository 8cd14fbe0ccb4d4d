import type { RedshiftServer } from '../redshift/redshift-server.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import type { ClientTokens } from './client-tokens.ts';
import type { ClockAlarms } from './clock-alarms.ts';
import type { KnownTarget } from './resolve-target.ts';
import type { PageLimits } from './result-page.ts';
import type { SessionKeeper } from './session-keeper.ts';
import type { StatementRunner } from './statement-runner.ts';
import type { StatementStore } from './statement-store.ts';

/** The service's quotas; see {@link DEFAULT_QUOTAS}. */
export interface Quotas {
  /** Statements that have not ended, per cluster. */
  readonly activeStatements: number;
  /** Sessions that are not closed, per cluster. */
  readonly activeSessions: number;
  /** Long polls at one time for one statement. */
  readonly waitingRequests: number;
  /** Bytes of UTF-8 in one SQL text. */
  readonly statementBytes: number;
  /** Bytes of text in one result. */
  readonly resultBytes: number;
  /** Bytes of text in one row. */
  readonly rowBytes: number;
}

/**
 * From "Quotas for the Amazon Redshift Data API" (mgmt/data-api), with two exceptions: AWS tells no number for waiting
 * requests, so there is none here unless a test sets it; and AWS's 500 MB of result is compressed, where these 100 MB are
 * plain text, which is what a laptop's memory takes.
 */
export const DEFAULT_QUOTAS: Quotas = {
  activeStatements: 500,
  activeSessions: 500,
  waitingRequests: Number.POSITIVE_INFINITY,
  statementBytes: 200 * 1024,
  resultBytes: 100 * 1024 * 1024,
  rowBytes: 64 * 1024,
};

/** What every operation works with. */
export interface DataApiContext {
  readonly redshift: RedshiftServer;
  readonly clock: VirtualClock;
  readonly alarms: ClockAlarms;
  readonly statements: StatementStore;
  readonly sessions: SessionKeeper;
  readonly tokens: ClientTokens;
  readonly runner: StatementRunner;
  readonly quotas: Quotas;
  readonly page: PageLimits;
  readonly known: KnownTarget;
}
