/** A fact for other programs, put on the event bus. */
export interface DomainEvent {
  /** e.g. `Backend Warned`, `Backend Terminated`, `Backend Recovered`, `Run Finished`, `Run Failed`. */
  readonly type: string;
  /** The same for every try, so that readers can drop repeats. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What became of a batch of events. */
export interface PublishAnswer {
  /** How many the bus did not take, after retries. */
  readonly failed: number;
  /** How often each error code or name was the last reason; absent where a publisher does not tell. */
  readonly reasons?: Readonly<Record<string, number>>;
}

export interface EventPublisher {
  /** Publishes all; answers how many the bus did not take after retries (`FailedEntryCount` is read). */
  publish(events: readonly DomainEvent[]): Promise<PublishAnswer>;
}
