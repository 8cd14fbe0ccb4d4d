import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { type HistoryBytes, historyBytes } from '../../scripts/cost/history-bytes.ts';
import { isPollState } from '../../scripts/cost/is-poll-state.ts';

/** What the history of a run tells of its time, its transitions and its bytes. */
export interface HistoryFigures extends HistoryBytes {
  /** Milliseconds from its start to its end. */
  readonly wallMs: number;
  /** Milliseconds of that in Wait states. */
  readonly waitedMs: number;
  /** Seconds that its functions took, all together. */
  readonly lambdaSeconds: number;
  /** States entered. */
  readonly transitions: number;
  readonly transitionsBesidesPolls: number;
  /** When the service took the guarded statement, milliseconds since 1970; null: there was none, or more than one round. */
  readonly terminationAt: number | null;
}

/** @param events all of a run that has ended, in order */
export function figuresOfHistory(events: readonly HistoryEvent[]): HistoryFigures {
  const byId = new Map(events.map((event) => [event.id, event]));
  const sum = (those: (event: HistoryEvent) => boolean) =>
    events
      .filter(those)
      .map((event) => msBetween(byId.get(event.previousEventId), event))
      .reduce((total, ms) => total + ms, 0);
  const states = events.flatMap((event) => event.stateEnteredEventDetails?.name ?? []);
  return {
    ...historyBytes(events),
    wallMs: msBetween(events.at(0), events.at(-1)),
    waitedMs: sum(({ type }) => type === 'WaitStateExited'),
    lambdaSeconds: sum(({ taskSucceededEventDetails: task }) => task?.resourceType === 'lambda') / 1000,
    transitions: states.length,
    transitionsBesidesPolls: states.filter((state) => !isPollState(state)).length,
    terminationAt: terminationAt(events),
  };
}

function msBetween(from: HistoryEvent | undefined, to: HistoryEvent | undefined): number {
  return (to?.timestamp?.getTime() ?? Number.NaN) - (from?.timestamp?.getTime() ?? Number.NaN);
}

/** The state machine looks at its statements itself, so that the service's own answer stands in the history. */
function terminationAt(events: readonly HistoryEvent[]): number | null {
  let state = '';
  const taken = new Set<string>();
  for (const event of events) {
    state = event.stateEnteredEventDetails?.name ?? state;
    const output = event.taskSucceededEventDetails?.output;
    if (state === 'DescribeTermination' && output !== undefined) {
      taken.add(JSON.parse(output).CreatedAt);
    }
  }
  const [first, ...others] = taken;
  return first === undefined || others.length > 0 ? null : Date.parse(first);
}
