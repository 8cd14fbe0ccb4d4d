import type { BackendRecord } from '../lifecycle/backend-record.ts';
import type { LifecycleEvent, LifecycleEventType } from '../lifecycle/lifecycle-event.ts';
import { OUTCOMES, type Outcome } from '../lifecycle/outcome.ts';
import type { DomainEvent } from '../messaging/event-publisher.ts';
import type { NoticeRecord } from '../session-table/notice-record.ts';
import type { RunRecord } from '../session-table/run-record.ts';
import { domainEventsOf } from './domain-events.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { runActor } from './run-actor.ts';
import type { RunRef } from './run-ref.ts';

/** What a run did, gathered from the table: it is the same whoever asks, and however often. */
export interface RunReport {
  readonly notices: RunRecord['notices'];
  /** Owners whom nobody reaches. */
  readonly unreachable: readonly string[];
  readonly outcomes: RunRecord['outcomes'];
  /** How many backends the run warned: receipts that were stored. */
  readonly warned: number;
  readonly events: readonly DomainEvent[];
}

/** Gathers what the run's plan came to: from the histories of its members, and from its notices. */
export async function readRunReport({ table }: ReaperPorts, run: RunRef): Promise<RunReport> {
  const key = { target: run.target, runId: run.id };
  const plan = run.dryRun ? null : await table.readPlan(key);
  if (plan === null) {
    return { notices: { sent: 0, failed: 0 }, unreachable: [], outcomes: countOutcomes([]), warned: 0, events: [] };
  }
  const [records, notices] = await Promise.all([
    table.readBackends(plan.members.map((member) => member.identity)),
    table.listNotices(key),
  ]);
  const inState = (state: NoticeRecord['state']) => notices.filter((notice) => notice.state === state);
  const [sent, refused, deferred] = [inState('sent').length, inState('refused'), inState('deferred').length];
  const done = records.flatMap((record) => eventsOfRun(record, run));
  return {
    // A notice that is still only planned was not sent: its map iteration died.
    notices: {
      sent,
      failed: notices.length - sent - refused.length - deferred,
      ...(refused.length === 0 ? {} : { refused: refused.length }),
      ...(deferred === 0 ? {} : { deferred }),
    },
    unreachable: refused.map(({ owner }) => owner),
    outcomes: countOutcomes(done),
    warned: countType(done, 'warned'),
    events: records.flatMap((record) => domainEventsOf(record, runActor(run))),
  };
}

function eventsOfRun(record: BackendRecord, run: RunRef): readonly LifecycleEvent[] {
  return record.events.filter((event) => event.by === runActor(run));
}

function countType(events: readonly LifecycleEvent[], type: LifecycleEventType): number {
  return events.filter((event) => event.type === type).length;
}

function countOutcomes(events: readonly LifecycleEvent[]): Record<Outcome, number> {
  const count = (outcome: Outcome) => events.filter((event) => event.detail['outcome'] === outcome).length;
  return {
    gone: count('gone'),
    'already-gone': count('already-gone'),
    'busy-again': count('busy-again'),
    denied: count('denied'),
    'still-there': count('still-there'),
  };
}

/** Sum of all outcomes: how many ends were tried. */
export function countEnds(outcomes: RunRecord['outcomes']): number {
  return OUTCOMES.reduce((sum, outcome) => sum + outcomes[outcome], 0);
}
