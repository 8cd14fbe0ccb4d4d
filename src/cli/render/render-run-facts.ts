import { formatSum } from '../format-sum.ts';
import { formatTime } from '../format-time.ts';
import type { RunRecordJson } from '../json/run-record-json.ts';

/** What a run counted, as `name, value` lines whose sums a reader can check. */
export function runFacts(run: RunRecordJson): (readonly [string, string])[] {
  const { counts } = run;
  const facts: (readonly [string, string])[] = [];
  if (run.apply !== null) {
    facts.push(['applies', `plan ${run.apply.hash.slice(0, 12)} of run ${run.apply.runId}`]);
  }
  if (counts !== null) {
    const { keep, warn, terminate } = counts;
    facts.push(['backends', formatSum({ keep, warn, kill: terminate })]);
    facts.push(['kept', formatSum(run.kept)]);
    if (run.clientsHeld !== null && run.clientsHeld > 0) {
      facts.push([
        'held',
        `${clients(run.clientsHeld)} back at once whenever a session is ended: see slotkeeper leaks`,
      ]);
    }
    if (counts.recovered > 0) {
      facts.push(['recovered', `${counts.recovered} of them used again since a warning`]);
    }
  }
  if (!run.dryRun && counts !== null) {
    facts.push(['notices', formatSum(run.notices)]);
    facts.push(['outcomes', formatSum({ ...run.outcomes, ...prefixed(run.unclaimed) })]);
  }
  if (run.unreachable !== null) {
    const { owners, operatorsTold } = run.unreachable;
    facts.push([
      'unreached',
      `${owners.join(', ')}: SubscriptionUnconfirmed; the operators ${operatorsTold ? 'were told' : 'could not be told'}`,
    ]);
  }
  if (run.notices.deferred > 0) {
    facts.push([
      'deferred',
      `${run.notices.deferred} past notices.rate; the next run tells of all that is due by then`,
    ]);
  }
  if (run.eventsFailed > 0) {
    facts.push(['events', `${run.eventsFailed} were not taken by the event bus`]);
  }
  return facts;
}

/** `started` and how long it took, in one line. */
export function whenFact(startedAt: string, finishedAt: string | null): readonly [string, string] {
  const seconds = finishedAt === null ? null : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return ['started', `${formatTime(startedAt)}${seconds === null ? '' : `, took ${seconds.toFixed(1)} s`}`];
}

function clients(number: number): string {
  return number === 1 ? '1 client that is' : `${number} clients that are`;
}

function prefixed(unclaimed: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(unclaimed).map(([reason, number]) => [`not claimed (${reason})`, number]));
}
