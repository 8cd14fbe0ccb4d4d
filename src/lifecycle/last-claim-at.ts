import type { BackendRecord } from './backend-record.ts';

/** When a run last declared that it ends this backend, whatever became of it; null: none did, as far as its history goes. */
export function lastClaimAt({ events }: BackendRecord): string | null {
  return events.findLast(({ type }) => type === 'termination-claimed')?.at ?? null;
}
