import type { DomainEvent, EventPublisher } from '../../src/messaging/event-publisher.ts';

/** A publisher that remembers what it took, and drops events when it is told to. */
export interface RecordingEventPublisher extends EventPublisher {
  readonly events: DomainEvent[];
  /** The next `count` events are not taken and counted as failed. */
  failNext(count: number): void;
}

export function createRecordingEventPublisher(): RecordingEventPublisher {
  const events: DomainEvent[] = [];
  let failing = 0;
  return {
    events,
    failNext(count) {
      failing = count;
    },
    async publish(published) {
      const failed = Math.min(failing, published.length);
      failing -= failed;
      events.push(...published.slice(failed));
      return { failed };
    },
  };
}
