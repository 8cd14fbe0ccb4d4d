import type { PoolKey } from '../pool/pool-key.ts';
import type { PooledSessionRecord } from '../pool/pooled-session.ts';
import type { PoolState } from '../pool/session-pool-table.ts';
import type { PoolDocument } from './json/pool-document.ts';

type TenantSummary = PoolDocument['tenants'][number];

const LIVE_STATES = ['creating', 'available', 'leased', 'draining'] as const;

/** What the table says of one tenant's sessions at a moment. */
export function summarizeTenant(key: PoolKey, { sessions, waiting }: PoolState, at: string): TenantSummary {
  const statements = sum(sessions.map(({ uses }) => uses));
  const hits = sum(sessions.map(({ uses }) => Math.max(0, uses - 1)));
  return {
    tenant: key.tenant,
    database: key.database,
    dbUser: key.dbUser,
    sessions: countStates((state) => sessions.filter((session) => session.state === state).length),
    oldestLease: oldestLease(sessions, at),
    waiting: waiting.filter(({ until }) => until > at).length,
    ...rateOf(statements, hits),
  };
}

/** The sums over all tenants. */
export function summarizeAll(tenants: readonly TenantSummary[]): PoolDocument['total'] {
  return {
    sessions: countStates((state) => sum(tenants.map(({ sessions }) => sessions[state]))),
    waiting: sum(tenants.map(({ waiting }) => waiting)),
    ...rateOf(sum(tenants.map(({ statements }) => statements)), sum(tenants.map(({ hits }) => hits))),
  };
}

function rateOf(statements: number, hits: number) {
  return { statements, hits, hitRate: statements === 0 ? null : hits / statements };
}

function countStates(countOf: (state: (typeof LIVE_STATES)[number]) => number): TenantSummary['sessions'] {
  const [creating, available, leased, draining] = LIVE_STATES;
  return {
    creating: countOf(creating),
    available: countOf(available),
    leased: countOf(leased),
    draining: countOf(draining),
  };
}

function oldestLease(sessions: readonly PooledSessionRecord[], at: string): TenantSummary['oldestLease'] {
  const leases = sessions.flatMap((session) => {
    const { lease, state } = session;
    return lease === null || state === 'ended'
      ? []
      : [{ since: beginOf(session, lease.fence), until: lease.until, use: lease.use, over: lease.until < at }];
  });
  return leases.sort((a, b) => a.since.localeCompare(b.since))[0] ?? null;
}

/** The lease's first event tells; where it is no longer kept, the lease is at least as old as the last write. */
function beginOf({ id, events, updatedAt }: PooledSessionRecord, fence: number): string {
  return events.find((event) => event.session === id && event.detail['fence'] === fence)?.at ?? updatedAt;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
