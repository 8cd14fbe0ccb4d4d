import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginCreating } from '../../src/pool/lifecycle/begin-creating.ts';
import { canDrain, drainSession } from '../../src/pool/lifecycle/drain-session.ts';
import { endSession } from '../../src/pool/lifecycle/end-session.ts';
import { expectClose } from '../../src/pool/lifecycle/expect-close.ts';
import { followStatement } from '../../src/pool/lifecycle/follow-statement.ts';
import { identifyBackend } from '../../src/pool/lifecycle/identify-backend.ts';
import { leaseSession } from '../../src/pool/lifecycle/lease-session.ts';
import { openSession } from '../../src/pool/lifecycle/open-session.ts';
import { releaseSession } from '../../src/pool/lifecycle/release-session.ts';
import { renewLease } from '../../src/pool/lifecycle/renew-lease.ts';
import { isGone, isLeaseOver, isUsable, plusSeconds } from '../../src/pool/lifecycle/session-times.ts';
import type { PooledSessionRecord, PooledSessionState } from '../../src/pool/pooled-session.ts';
import { availableSession, creatingSession, exampleKey, openedSession, T0, T1 } from './example-pooled-session.ts';

const BY = 'pool:container-1';

/** Where each verb may lead from; what is not named it refuses. */
const VERBS: Record<
  string,
  { from: readonly PooledSessionState[]; apply: (record: PooledSessionRecord, at: string) => PooledSessionRecord }
> = {
  create: {
    from: ['ended'],
    apply: (record, at) =>
      beginCreating(record, {
        ...{ key: exampleKey(), slot: 0, id: `next-${record.version}`, hardEndsAt: plusSeconds(at, 3_600) },
        lease: { holder: 'c', until: plusSeconds(at, 30), use: 'query', retireAfter: false },
        ...{ keepAliveSeconds: 300, at, by: BY },
      }),
  },
  open: {
    from: ['creating'],
    apply: (record, at) =>
      openSession(record, {
        ...{ sessionId: 's', pid: 1, targetSlot: null, aliveUntil: at, leaseUntil: at, adopt: false, at, by: BY },
      }),
  },
  lease: {
    from: ['available', 'leased'],
    apply: (record, at) =>
      leaseSession(record, {
        lease: { holder: 'd', until: plusSeconds(at, 10), use: 'session', retireAfter: false },
        ...{ at, by: BY },
      }),
  },
  renew: {
    from: ['leased'],
    apply: (record, at) =>
      renewLease(record, { until: at, use: 'query', retireAfter: false, aliveUntil: at, uses: 3, at }),
  },
  follow: {
    from: ['leased'],
    apply: (record, at) => followStatement(record, { statementId: 'x', until: at, uses: 2, at, by: BY }),
  },
  release: {
    from: ['leased'],
    apply: (record, at) => releaseSession(record, { aliveUntil: at, uses: 2, at, by: BY }),
  },
  drain: {
    from: ['creating', 'available', 'leased'],
    apply: (record, at) => drainSession(record, { why: 'test', aliveUntil: at, at, by: BY }),
  },
  expectClose: { from: ['draining'], apply: (record, at) => expectClose(record, { aliveUntil: at, at }) },
  identify: {
    from: ['creating', 'available', 'leased', 'draining'],
    apply: (record, at) => identifyBackend(record, { pid: 9, backendStartedAt: at, at, by: 'run:r' }),
  },
  end: {
    from: ['creating', 'available', 'leased', 'draining'],
    apply: (record, at) => endSession(record, { reason: 'expired', at, by: BY }),
  },
};

describe('a pooled session', () => {
  it('lives by its diagram: verbs refuse other states, versions and fences only grow, events tell it all', () => {
    const steps = fc.array(fc.constantFrom(...Object.keys(VERBS)), { maxLength: 80 });
    fc.assert(
      fc.property(steps, (names) => {
        let record = creatingSession();
        let at = T0;
        let isNamed = false;
        for (const name of names) {
          at = plusSeconds(at, 1);
          const verb = VERBS[name];
          if (verb === undefined || !verb.from.includes(record.state)) {
            const before = record;
            expect(() => verb?.apply(before, at)).toThrow(expect.objectContaining({ name: 'IllegalPoolTransition' }));
            continue;
          }
          const next = verb.apply(record, at);
          isNamed = name === 'open' || (isNamed && name !== 'create' && name !== 'end');
          expect(next.version).toBe(record.version + 1);
          expect(next.fence).toBeGreaterThanOrEqual(record.fence);
          expect(next.fence > record.fence).toBe(name === 'lease' || name === 'create');
          expect(next.lease !== null).toBe(next.state === 'leased' || next.state === 'creating');
          expect(next.lease?.fence ?? next.fence).toBe(next.fence);
          expect(next.sessionId !== null).toBe(isNamed);
          expect(next.events.length).toBeLessThanOrEqual(20);
          expect(JSON.stringify(next.events)).not.toContain('sessionId');
          record = next;
        }
      }),
    );
  });

  it('of several statements keeps in mind that it is to be retired, also under a statement that holds it', () => {
    const used = leaseSession(availableSession(), {
      lease: { holder: 'd', until: T1, use: 'session', retireAfter: false },
      ...{ at: T1, by: BY },
    });
    const held = followStatement(used, { statementId: 'x', until: T1, uses: 1, at: T1, by: BY });
    expect(held.lease).toMatchObject({ use: 'statement', retireAfter: true, holder: 'd', fence: 2 });
  });

  it('that is leased is nobody else\u2019s to drain before its lease and the grace are over', () => {
    const leased = openedSession();
    expect(leased.lease?.until).toBe('2026-11-20T15:00:16.000Z');
    expect(canDrain(leased, '2026-11-20T15:00:18.000Z', 2)).toBe(false);
    expect(canDrain(leased, '2026-11-20T15:00:18.001Z', 2)).toBe(true);
    expect(canDrain(availableSession(), T1, 2)).toBe(true);
    expect(canDrain(creatingSession(), '2026-11-20T16:00:00.000Z', 2)).toBe(false);
  });

  it('is counted on until its keep-alive less the margin, and given up only after the margin beyond', () => {
    const record = availableSession();
    expect(record.aliveUntil).toBe('2026-11-20T15:04:51.000Z');
    expect(isUsable(record, '2026-11-20T15:04:50.999Z', 0, 10)).toBe(true);
    expect(isUsable(record, '2026-11-20T15:04:51.000Z', 0, 10)).toBe(false);
    expect(isGone(record, '2026-11-20T15:05:11.000Z', 10)).toBe(false);
    expect(isGone(record, '2026-11-20T15:05:11.001Z', 10)).toBe(true);
    expect(isGone(openedSession(), '2026-11-20T18:00:00.000Z', 10)).toBe(false);
    expect(isGone(openedSession(), '2026-11-21T15:00:10.001Z', 10)).toBe(true);
  });

  it('is not used for a statement that its 24 hours may cut off', () => {
    const record = { ...availableSession(), aliveUntil: '2026-11-21T14:00:00.000Z' };
    expect(isUsable(record, '2026-11-21T12:00:00.000Z', 2.9 * 3_600_000, 10)).toBe(true);
    expect(isUsable(record, '2026-11-21T12:00:00.000Z', 3 * 3_600_000, 10)).toBe(false);
  });

  it('without a lease has none that is over', () => {
    expect(isLeaseOver(availableSession(), '2027-01-01T00:00:00.000Z', 2)).toBe(false);
  });
});
