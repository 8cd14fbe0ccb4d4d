import { beginCreating } from '../../src/pool/lifecycle/begin-creating.ts';
import { openSession } from '../../src/pool/lifecycle/open-session.ts';
import { releaseSession } from '../../src/pool/lifecycle/release-session.ts';
import type { PoolKey } from '../../src/pool/pool-key.ts';
import type { PooledSessionRecord } from '../../src/pool/pooled-session.ts';

export const T0 = '2026-11-20T15:00:00.000Z';
export const T1 = '2026-11-20T15:00:01.000Z';

export function exampleKey(changes: Partial<PoolKey> = {}): PoolKey {
  return { tenant: 'acme', target: 'analytics', database: 'dev', dbUser: 'tenant_acme', ...changes };
}

/** A session whose creation has just begun. */
export function creatingSession(key = exampleKey(), slot = 0, previous: PooledSessionRecord | null = null) {
  return beginCreating(previous, {
    key,
    slot,
    id: `session-${key.tenant}-${slot}-${previous?.version ?? 0}`,
    lease: { holder: 'container-1', until: '2026-11-20T15:00:15.000Z', use: 'query', retireAfter: false },
    hardEndsAt: '2026-11-21T13:00:00.000Z',
    keepAliveSeconds: 300,
    at: T0,
    by: 'pool:container-1',
  });
}

/** The next version of it: open, and leased by its creator. */
export function openedSession(record = creatingSession()): PooledSessionRecord {
  return openSession(record, {
    sessionId: '0d5b8f0e-8d51-4f6e-9b0b-6b5f3c2a1d10',
    pid: 1073,
    targetSlot: 3,
    aliveUntil: '2026-11-20T15:04:51.000Z',
    leaseUntil: '2026-11-20T15:00:16.000Z',
    adopt: false,
    at: T1,
    by: 'pool:container-1',
  });
}

/** The version after that: available. */
export function availableSession(record = openedSession()): PooledSessionRecord {
  return releaseSession(record, { aliveUntil: '2026-11-20T15:04:51.000Z', uses: 1, at: T1, by: 'pool:container-1' });
}
