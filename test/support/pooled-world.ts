import type { PoolConfig } from '../../src/config/pool-config.ts';
import type { RedshiftTarget } from '../../src/config/target-config.ts';
import type { Rule } from '../../src/policy/rule.ts';
import { beginCreating } from '../../src/pool/lifecycle/begin-creating.ts';
import { leaseSession } from '../../src/pool/lifecycle/lease-session.ts';
import { openSession } from '../../src/pool/lifecycle/open-session.ts';
import { releaseSession } from '../../src/pool/lifecycle/release-session.ts';
import { plusSeconds } from '../../src/pool/lifecycle/session-times.ts';
import type { PoolKey } from '../../src/pool/pool-key.ts';
import { poolLimits } from '../../src/pool/pool-limits.ts';
import type { PooledSessionRecord } from '../../src/pool/pooled-session.ts';
import { saveSession } from '../../src/pool/save-session.ts';
import { createReaperWorld, EVERYONE, type ReaperWorld, TARGET } from './reaper-world.ts';
import type { BackendSketch } from './simulated-backend.ts';

export const POOL: PoolConfig = {
  dbUser: 'tenant_{tenantId}',
  tenants: ['*'],
  limits: poolLimits(),
  metrics: { tenantDimension: false },
};

/** Sessions of the pool are ended after an hour, without a warning. */
export const POOLED: Rule = {
  ...EVERYONE,
  name: 'pooled',
  match: { pool: ['idle', 'orphan'] },
  warnAfter: null,
  notice: 'none',
};

export function createPooledWorld(
  options: { rules?: readonly Rule[]; rounds?: number; target?: Partial<RedshiftTarget> } = {},
): ReaperWorld {
  const { rules = [POOLED, EVERYONE], rounds = 3, target = {} } = options;
  return createReaperWorld({ rules, rounds, target: { pool: POOL, ...target } });
}

export function keyOf(tenant: string): PoolKey {
  return { tenant, target: TARGET, database: 'dev', dbUser: `tenant_${tenant}` };
}

/** A pooled session that a test puts into the world. */
export interface PooledSketch extends BackendSketch {
  readonly tenant?: string;
  readonly slot?: number;
  /** Seconds from now until its lease ends, negative: it is over. Absent: it is available. */
  readonly leasedFor?: number;
  /** Seconds for which the pool counts on it. @default 12 hours */
  readonly aliveFor?: number;
  /** The item knows its backend's pid. @default true */
  readonly pidKnown?: boolean;
}

/** Opens a backend and writes its item, by the pool's own verbs; the item is a second older than the backend. */
export async function openPooled(world: ReaperWorld, sketch: PooledSketch): Promise<PooledSessionRecord> {
  const { tenant = 'acme', slot = 0, leasedFor, aliveFor = 43_200, pidKnown = true, ...backendSketch } = sketch;
  world.redshift.open({ user: `tenant_${tenant}`, application: '', ...backendSketch });
  const startedAt = world.redshift.backends.get(sketch.pid)?.startedAt ?? world.clock.now();
  const now = world.clock.now().toISOString();
  const key = keyOf(tenant);
  const by = 'pool:container';
  const at = plusSeconds(startedAt.toISOString(), -1);
  const previous = await world.pool.readSession(key, slot);
  const creating = beginCreating(previous, {
    key,
    slot,
    id: `${tenant}-${slot}-${previous?.version ?? 0}`,
    lease: { holder: 'container', until: plusSeconds(at, 15), use: 'query', retireAfter: false },
    hardEndsAt: plusSeconds(at, 82_800),
    keepAliveSeconds: 43_200,
    at,
    by,
  });
  await world.pool.saveSession(creating);
  const opened = openSession(creating, {
    sessionId: `session-of-${tenant}-${slot}`,
    pid: pidKnown ? sketch.pid : null,
    targetSlot: null,
    aliveUntil: plusSeconds(now, aliveFor),
    leaseUntil: plusSeconds(at, 15),
    adopt: false,
    at,
    by,
  });
  await world.pool.saveSession(opened);
  const available = releaseSession(opened, { aliveUntil: plusSeconds(now, aliveFor), uses: 1, at, by });
  await world.pool.saveSession(available);
  return leasedFor === undefined ? available : await lease(world, available, leasedFor);
}

/** Takes the lease of a session as it was read; a conflict is an error. */
export async function lease(
  { pool, clock }: ReaperWorld,
  record: PooledSessionRecord,
  forSeconds = 15,
): Promise<PooledSessionRecord> {
  const at = clock.now().toISOString();
  const until = plusSeconds(at, forSeconds);
  const leased = leaseSession(record, {
    lease: { holder: 'container', until, use: 'query', retireAfter: false },
    at,
    by: 'pool:container',
  });
  await pool.saveSession(leased);
  return leased;
}

/** What a pool does for a caller: takes the lease of an available session of the tenant. Null: it got none. */
export async function tryLease(world: ReaperWorld, tenant: string, slot = 0): Promise<PooledSessionRecord | null> {
  const record = await world.pool.readSession(keyOf(tenant), slot);
  if (record?.state !== 'available') {
    return null;
  }
  const at = world.clock.now().toISOString();
  const leased = leaseSession(record, {
    lease: { holder: 'other', until: plusSeconds(at, 15), use: 'query', retireAfter: false },
    at,
    by: 'pool:other',
  });
  return (await saveSession(world.pool, leased)) ? leased : null;
}

export async function pooled(world: ReaperWorld, tenant = 'acme', slot = 0): Promise<PooledSessionRecord | null> {
  return await world.pool.readSession(keyOf(tenant), slot);
}

/** Watches every end: a session that the pool may still hand out, or that somebody has leased, must not meet one. */
export function watchPooledEnds({ redshift, pool }: ReaperWorld): { wrong: string[]; settle(): Promise<void> } {
  const wrong: string[] = [];
  const checks: Promise<void>[] = [];
  redshift.onEnd(({ pid }) => {
    checks.push(
      pool.listLiveSessions(TARGET).then((sessions) => {
        const session = sessions.find((record) => record.pid === pid);
        if (session !== undefined && session.state !== 'draining') {
          wrong.push(`${pid} was ended while its session was ${session.state}`);
        }
      }),
    );
  });
  return { wrong, settle: async () => void (await Promise.all(checks)) };
}
