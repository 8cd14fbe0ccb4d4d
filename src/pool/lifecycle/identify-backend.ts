import type { PooledSessionRecord } from '../pooled-session.ts';
import { appendPoolEvent } from './append-pool-event.ts';
import { IllegalPoolTransition } from './illegal-pool-transition.ts';

/**
 * A look at the server showed which backend this is: its process and its start by the server's clock.
 *
 * @throws IllegalPoolTransition when it has ended
 */
export function identifyBackend(
  record: PooledSessionRecord,
  seen: { readonly pid: number; readonly backendStartedAt: string; readonly at: string; readonly by: string },
): PooledSessionRecord {
  if (record.state === 'ended') {
    throw new IllegalPoolTransition('identify the backend of', record, 'not ended');
  }
  const { pid, backendStartedAt, at, by } = seen;
  const event = { at, type: 'backend-identified', by, detail: { pid, backendStartedAt } } as const;
  return appendPoolEvent(record, record.state, event, { pid, backendStartedAt });
}
