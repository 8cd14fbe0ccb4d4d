import type { HistoryEvent } from '@aws-sdk/client-sfn';

export interface HistoryBytes {
  /** Bytes of the largest state that was passed from one state to the next. */
  readonly largestState: number;
  /** Bytes of the largest input or output in the history, which is what Step Functions bounds. Descriptions of the guarded statement repeat its victims. */
  readonly largestEvent: number;
}

/** How large what an execution passed on is, in bytes. */
export function historyBytes(events: readonly HistoryEvent[]): HistoryBytes {
  return {
    largestState: Math.max(0, ...events.map(({ stateEnteredEventDetails: entered }) => bytesOf(entered?.input))),
    largestEvent: Math.max(0, ...events.map(eventBytes)),
  };
}

function eventBytes(event: HistoryEvent): number {
  return Math.max(
    bytesOf(event.executionStartedEventDetails?.input),
    bytesOf(event.stateEnteredEventDetails?.input),
    bytesOf(event.stateExitedEventDetails?.output),
    bytesOf(event.taskScheduledEventDetails?.parameters),
    bytesOf(event.taskSucceededEventDetails?.output),
    bytesOf(event.executionSucceededEventDetails?.output),
  );
}

const bytesOf = (text: string | undefined) => Buffer.byteLength(text ?? '');
