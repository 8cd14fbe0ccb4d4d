import type { BackendRecord } from './backend-record.ts';

/** e.g. `warned`, `terminated (still-there)`, `not recorded`: for messages. */
export function describeState(record: BackendRecord | null): string {
  if (record === null) {
    return 'not recorded';
  }
  return record.state === 'terminated' ? `terminated (${record.outcome})` : record.state;
}
