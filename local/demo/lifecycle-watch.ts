import type { BackendRecord } from '../../src/lifecycle/backend-record.ts';
import type { LifecycleEvent } from '../../src/lifecycle/lifecycle-event.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';

/** One thing that happened to a backend, as the session table tells it. */
export interface BackendNews {
  readonly record: BackendRecord;
  readonly event: LifecycleEvent;
}

/** Reads the session table again and again and hands out what was not seen before, oldest first. */
export interface LifecycleWatch {
  news(): Promise<readonly BackendNews[]>;
}

/** @param target whose backends are watched */
export function watchLifecycle(table: SessionTable, target: string): LifecycleWatch {
  const seen = new Map<string, number>();
  return {
    async news() {
      const { items } = await table.listBackends({ target });
      return items
        .flatMap((record) => {
          const key = `${record.identity.pid}@${record.identity.startedAt}`;
          const known = seen.get(key) ?? 0;
          seen.set(key, record.events.length);
          return record.events.slice(known).map((event) => ({ record, event }));
        })
        .sort((a, b) => a.event.at.localeCompare(b.event.at));
    },
  };
}
