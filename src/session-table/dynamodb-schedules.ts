import { scheduleKey } from './item-keys.ts';
import type { ItemStore } from './item-store.ts';
import { readStoredItem } from './read-stored-item.ts';
import type { SessionTable } from './session-table.ts';
import { scheduleShape } from './stored-shapes.ts';

/** Who paused the schedules of targets. These items stay: a target may be paused for longer than anything is kept. */
export function createDynamoDbSchedules(store: ItemStore): Pick<SessionTable, 'readSchedule' | 'saveSchedule'> {
  return {
    async readSchedule(target) {
      const item = await store.get(scheduleKey(target));
      return item === null ? null : readStoredItem(scheduleShape, 'schedule', item);
    },

    async saveSchedule(record) {
      const item = { ...scheduleKey(record.target), kind: 'schedule', ...record };
      await store.putNext(item, `the schedule of ${record.target}`);
    },
  };
}
