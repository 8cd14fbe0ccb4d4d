import type { Json } from './asl.ts';

/** One event of an execution as `GetExecutionHistory` gives it; `timestamp` in epoch seconds. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: number;
  readonly type: string;
  /** The details, under the member that the API has for the type, e.g. `stateEnteredEventDetails`. */
  readonly [details: string]: unknown;
}

/** Members that `includeExecutionData: false` leaves out (API reference, "GetExecutionHistory"). */
const DATA_MEMBERS = ['input', 'output', 'parameters'];

/** The events of one execution, in the order in which they happened. Ids count from 1. */
export class ExecutionHistory {
  readonly #events: HistoryEvent[] = [];
  readonly #now: () => Date;

  /** @param now the cloud's clock, which stamps every event */
  constructor(now: () => Date) {
    this.#now = now;
  }

  /**
   * Adds an event.
   *
   * @param details put under the member named by {@link detailsMember}; values are JSON text where the API has text
   */
  add(type: string, details: Readonly<Record<string, unknown>> = {}): void {
    const id = this.#events.length + 1;
    this.#events.push({
      id,
      previousEventId: id - 1,
      timestamp: this.#now().getTime() / 1000,
      type,
      ...(Object.keys(details).length === 0 ? {} : { [detailsMember(type)]: details }),
    });
  }

  /** How many events of a type there are; the type may be given by its ending, e.g. `StateEntered`. */
  count(typeEnding: string): number {
    return this.#events.filter((event) => event.type.endsWith(typeEnding)).length;
  }

  /** All events, oldest first; without inputs and outputs when `withData` is false. */
  events(withData = true): readonly HistoryEvent[] {
    return withData ? this.#events : this.#events.map(withoutData);
  }
}

/** JSON text with the flag that AWS puts beside it, e.g. `{input, inputDetails}`. */
export function dataMember(name: 'input' | 'output', value: Json): Record<string, unknown> {
  return { [name]: JSON.stringify(value), [`${name}Details`]: { truncated: false } };
}

/** The member that carries an event's details: all `…StateEntered` events share one, and so do all `…StateExited`. */
function detailsMember(type: string): string {
  if (type.endsWith('StateEntered')) {
    return 'stateEnteredEventDetails';
  }
  if (type.endsWith('StateExited')) {
    return 'stateExitedEventDetails';
  }
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

function withoutData(event: HistoryEvent): HistoryEvent {
  return Object.fromEntries(
    Object.entries(event).map(([key, details]) => [
      key,
      typeof details === 'object' && details !== null
        ? Object.fromEntries(Object.entries(details).filter(([member]) => !DATA_MEMBERS.includes(member)))
        : details,
    ]),
  ) as unknown as HistoryEvent;
}
