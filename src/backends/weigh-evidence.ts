import type { Evidence } from './evidence.ts';
import { microsOf } from './instant.ts';

/** What the session query found in each view about one session; times are ISO 8601, UTC. */
interface Findings {
  readonly started_at: string;
  readonly is_running: boolean;
  readonly in_transaction: boolean;
  readonly transaction_started_at: string | null;
  readonly statement_ended_at: string | null;
}

/**
 * Weighs what the views say of one session. SVL_STATEMENTTEXT is written with delay: an open transaction that began
 * after the newest logged end, or without any, shows that statements are missing from the log, so that the session may
 * have been used later than it seems.
 *
 * @param slackMicros how far two views of one snapshot may be apart
 */
export function weighEvidence(findings: Findings, slackMicros: number): Evidence {
  const { is_running, in_transaction, transaction_started_at: began, statement_ended_at: ended } = findings;
  const sources = [
    'STV_SESSIONS',
    ...(is_running ? ['STV_INFLIGHT or STV_RECENTS'] : []),
    ...(ended === null ? [] : ['SVL_STATEMENTTEXT']),
    ...(in_transaction ? ['SVV_TRANSACTIONS'] : []),
  ];
  if (is_running) {
    return { confidence: 'high', sources };
  }
  if (in_transaction) {
    const lags = began === null || ended === null || microsOf(ended) < microsOf(began) - slackMicros;
    return { confidence: lags ? 'low' : 'high', sources };
  }
  return { confidence: ended === null ? 'medium' : 'high', sources };
}
