import type { Evidence } from './evidence.ts';
import { microsOf } from './instant.ts';

/** What the session query of a workgroup found in each view about one session; times are ISO 8601, UTC. */
export interface ServerlessFindings {
  readonly is_running: boolean;
  readonly in_transaction: boolean;
  readonly transaction_started_at: string | null;
  readonly statement_ended_at: string | null;
  /** Its user is in PG_USER. */
  readonly user_known: boolean;
  /** The session that asked found its own transaction in SVV_TRANSACTIONS, so others' would show there too. */
  readonly transactions_shown: boolean;
  /** It found transactions of others there. */
  readonly others_transactions_shown: boolean;
  /** SYS_TRANSACTION_HISTORY has its newest transaction, as committed or rolled back. */
  readonly transaction_ended: boolean;
}

/** The views are read one after the other, so one may be ahead of another by this. */
const SLACK_MICROS = 5_000_000;

/**
 * Weighs what a workgroup's views say of one session.
 *
 * That nothing runs is said by SYS_QUERY_HISTORY, and no page says how soon a statement shows there. The second witness
 * is SVV_TRANSACTIONS, which tells of the present: whoever runs a statement is in a transaction. So a session is believed
 * to be idle (`high`) where both say so, and not (`low`) where a transaction is open that began after the newest
 * logged end: its statement may run and not be logged yet. Where SVV_TRANSACTIONS shows transactions, but not the asking one,
 * it may leave out those that have locked no table: `medium`. Where it shows nothing at all, the log is alone: `medium` if the
 * history of transactions at least has the session's newest one as ended, `low` otherwise.
 */
export function weighServerlessEvidence(found: ServerlessFindings): Evidence {
  const isLogged = found.is_running || found.statement_ended_at !== null;
  const isKnownToHaveEnded = !found.transactions_shown && found.transaction_ended;
  const sources = [
    'SYS_SESSION_HISTORY',
    ...(isLogged ? ['SYS_QUERY_HISTORY'] : []),
    ...(found.in_transaction ? ['SVV_TRANSACTIONS'] : []),
    ...(isKnownToHaveEnded ? ['SYS_TRANSACTION_HISTORY'] : []),
  ];
  return { ...judge(found), sources };
}

const BLIND = 'SVV_TRANSACTIONS does not show even the asking transaction here';
const PARTIAL = 'SVV_TRANSACTIONS shows transactions here, but not the asking one';

function judge(found: ServerlessFindings): Omit<Evidence, 'sources'> {
  const { transaction_started_at: began, statement_ended_at: ended } = found;
  if (found.is_running) {
    return { confidence: 'high' };
  }
  if (!found.user_known) {
    return { confidence: 'low', doubt: 'its user is not in PG_USER' };
  }
  if (found.in_transaction) {
    const mayRun = began === null || ended === null || microsOf(ended) < microsOf(began) - SLACK_MICROS;
    return mayRun
      ? { confidence: 'low', doubt: 'its transaction began after the newest statement end in the log' }
      : { confidence: 'high' };
  }
  if (!found.transactions_shown) {
    if (found.others_transactions_shown) {
      return { confidence: 'medium', doubt: PARTIAL };
    }
    return found.transaction_ended
      ? { confidence: 'medium', doubt: BLIND }
      : { confidence: 'low', doubt: `${BLIND}, and its newest transaction is not known to have ended` };
  }
  return { confidence: ended === null ? 'medium' : 'high' };
}
