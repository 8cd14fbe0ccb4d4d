import type { Backend } from '../../backends/backend.ts';
import type { BackendIdentity } from '../../backends/backend-identity.ts';
import { microsOf } from '../../backends/instant.ts';
import type { PoolConfig } from '../../config/pool-config.ts';
import { backendKey } from '../../lifecycle/backend-key.ts';
import type { PooledSessionRef, PoolStanding } from '../../policy/pool-standing.ts';
import type { PooledSessionRecord } from '../../pool/pooled-session.ts';
import { isCreationLost, isHeld, LEASE_GRACE_SECONDS } from './pool-terms.ts';
import { refOf } from './pooled-ref.ts';
import { isShownAs, tenantShownAs } from './tenant-users.ts';

/** What of a backend tells whether it is the pool's. */
export type SeenBackend = Pick<Backend, 'identity' | 'database' | 'own' | 'system' | 'superuser'>;

/** Backends and pooled sessions, looked at together. */
export interface PoolLook {
  readonly backends: readonly SeenBackend[];
  /** Those that have not ended, strongly read after the backends were. */
  readonly sessions: readonly PooledSessionRecord[];
  /** How tenants sign in; null: `slotkeeper.yml` names no pool for the target. */
  readonly pool: PoolConfig | null;
  /** Seconds by which Slotkeeper's clock is ahead of the server's, at least. More than it is makes more unclear. */
  readonly clockDifference: number;
  /** Slotkeeper's clock: ISO 8601. */
  readonly at: string;
}

export interface PoolView {
  /** By backend key; those missing are none of the pool's. */
  readonly standings: ReadonlyMap<string, PoolStanding>;
  /** By `id` of the pooled session: the backend that it owns. */
  readonly backendOf: ReadonlyMap<string, BackendIdentity>;
  /** `id`s of sessions that do not know their backend, and may own one of those seen. */
  readonly perhapsSeen: ReadonlySet<string>;
  /** By backend key: creations that nobody finishes any more, whose session an orphan may be. */
  readonly lostCreations: ReadonlyMap<string, readonly PooledSessionRef[]>;
}

/**
 * The item is written before its session is asked for. This much is rounding (STV_SESSIONS cuts to the second), and how far
 * the clock of the container that wrote it may be ahead.
 */
const START_SLACK_SECONDS = 5 + LEASE_GRACE_SECONDS;

/**
 * Maps backends to pooled sessions, by pid and start, and says how each stands. Where it cannot be told, a backend may
 * be somebody's: that is `unclear`, and never `orphan`.
 */
export function viewPool(look: PoolLook): PoolView {
  const standings = new Map<string, PoolStanding>();
  const backendOf = new Map<string, BackendIdentity>();
  const perhapsSeen = new Set<string>();
  const lostCreations = new Map<string, readonly PooledSessionRef[]>();
  const byPid = Map.groupBy(look.sessions, ({ pid }) => pid);
  const pidUnknown = byPid.get(null) ?? [];
  for (const backend of look.backends.filter(({ own }) => !own)) {
    const key = backendKey(backend.identity);
    const samePid = byPid.get(backend.identity.pid) ?? [];
    const session = ownerOf(backend, samePid, look);
    if (session !== null) {
      backendOf.set(session.id, backend.identity);
      standings.set(key, standingOf(session, backend, look));
      continue;
    }
    const perhaps = [
      ...pidUnknown.filter((record) => mayOwn(record, backend, look)),
      ...samePid.filter((record) => isPerhapsOf(record, backend.identity)),
    ];
    for (const { id } of perhaps) {
      perhapsSeen.add(id);
    }
    const standing = perhaps.some((record) => !isCreationLost(record, look.at))
      ? ({ kind: 'unclear' } as const)
      : strangerStanding(backend, look.pool);
    if (standing !== null) {
      standings.set(key, standing);
    }
    if (standing?.kind === 'orphan' && perhaps.length > 0) {
      lostCreations.set(key, perhaps.map(refOf));
    }
  }
  return { standings, backendOf, perhapsSeen, lostCreations };
}

/**
 * Two items may name one pid, since pids are used again: the one whose start is known is right. Where neither is, only
 * the clocks of the containers that wrote them could tell, and whoever picks the wrong one ends a session that is lent
 * out: nobody knows then.
 */
function ownerOf(
  backend: SeenBackend,
  samePid: readonly PooledSessionRecord[],
  look: PoolLook,
): PooledSessionRecord | null {
  const { startedAt } = backend.identity;
  const exact = samePid.find((record) => record.backendStartedAt === startedAt);
  const ofUser = samePid.filter((record) => isPerhapsOf(record, backend.identity));
  const ofOthers = samePid.filter(({ backendStartedAt }) => backendStartedAt === null);
  const candidates = ofUser.length === 0 ? ofOthers : ofUser;
  const isClear = ofUser.length < 2;
  return exact ?? (isClear ? candidates.find((record) => isYoungerThan(backend, record, look)) : undefined) ?? null;
}

/**
 * An item that names the backend's pid and user, and not yet a start. A session gets its pid after its item was written,
 * so a backend that seems to be older than the item can only be that session, by a clock that is wrong: nobody may take
 * it for an orphan.
 */
function isPerhapsOf({ backendStartedAt, key }: PooledSessionRecord, { user }: BackendIdentity): boolean {
  return backendStartedAt === null && isShownAs(key.dbUser, user);
}

function standingOf(session: PooledSessionRecord, backend: SeenBackend, { at }: PoolLook): PoolStanding {
  // The pid is right and the user is not: something here is not as it is documented, so nothing is done to it.
  if (!isShownAs(session.key.dbUser, backend.identity.user) || session.state === 'creating') {
    return { kind: 'unclear' };
  }
  if (isHeld(session, at)) {
    return { kind: 'leased' };
  }
  return { kind: session.state === 'draining' ? 'draining' : 'idle', session: refOf(session) };
}

function mayOwn(record: PooledSessionRecord, backend: SeenBackend, look: PoolLook): boolean {
  return isShownAs(record.key.dbUser, backend.identity.user) && isYoungerThan(backend, record, look);
}

/** A session's item is older than its backend. */
function isYoungerThan({ identity }: SeenBackend, record: PooledSessionRecord, look: PoolLook): boolean {
  const startedAt = microsOf(identity.startedAt) / 1000 + (look.clockDifference + START_SLACK_SECONDS) * 1000;
  return startedAt >= Date.parse(record.createdAt);
}

/** A backend that no item knows. Tenants are no superusers; a superuser is somebody else. */
function strangerStanding(backend: SeenBackend, pool: PoolConfig | null): PoolStanding | null {
  if (pool === null || backend.system || backend.superuser) {
    return null;
  }
  const tenant = tenantShownAs(pool, backend.identity.user);
  return tenant === null ? null : { kind: tenant === 'unclear' ? 'unclear' : 'orphan' };
}
