import type { PooledSessionRecord } from '../pooled-session.ts';
import { IllegalPoolTransition } from './illegal-pool-transition.ts';

/**
 * The server was told to close a draining session soon. No event: `draining` said so already.
 *
 * @throws IllegalPoolTransition when it does not drain
 */
export function expectClose(
  record: PooledSessionRecord,
  { aliveUntil, at }: { readonly aliveUntil: string; readonly at: string },
): PooledSessionRecord {
  if (record.state !== 'draining') {
    throw new IllegalPoolTransition('expect the close of', record, 'draining');
  }
  return { ...record, aliveUntil, version: record.version + 1, updatedAt: at };
}
