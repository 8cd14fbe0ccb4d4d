import { formatDuration } from '../../notices/format-duration.ts';
import { formatFacts } from '../format-facts.ts';
import { formatSum } from '../format-sum.ts';
import { formatTime } from '../format-time.ts';
import type { HistoryDocument } from '../json/history-document.ts';

/** The lives of a period's backends, for people. */
export function renderLedger({ ledger, target, stage, truncated }: HistoryDocument & { kind: 'summary' }): string {
  const { since, until, backends, warnings, outcomes, announced, unannounced } = ledger;
  const { recovered, left, ended, failed, snoozed, waiting } = warnings;
  const period = formatDuration((Date.parse(until) - Date.parse(since)) / 1000);
  return formatFacts([
    ['target', `${target}, stage ${stage}`],
    ['period', `${formatTime(since)} to ${formatTime(until)} (${period})`],
    ['backends', `${backends} on record`],
    [
      'warned',
      formatSum({ 'used again': recovered, 'closed by others': left, ended, 'not ended': failed, snoozed, waiting }),
    ],
    ['snoozes', String(ledger.snoozes)],
    ['outcomes', formatSum(outcomes)],
    ['ended', formatSum({ warned: announced, 'without a warning': unannounced })],
    ['back at once', `${ledger.reconnected} of ${outcomes.gone} ended`],
    ['warnings that worked', percent(ledger.warningsWorked, 'no warning is settled')],
    ['false kills', percent(ledger.falseKills, 'nobody was ended')],
    ['freed', `${Math.floor(ledger.freedSeconds / 60)} slot-minutes, at most`],
    ...(truncated ? [['cut', 'only the backends that began last are counted'] as const] : []),
  ]).join('\n');
}

function percent(share: number | null, none: string): string {
  return share === null ? `- (${none})` : `${Math.round(share * 100)}%`;
}
