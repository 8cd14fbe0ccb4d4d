import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** How many sessions a pool may have and how long things last. Seconds unless the name says otherwise. */
export interface PoolLimits {
  /** Most sessions of one tenant on the target. Slots are numbered, so 1 to 1,000. */
  readonly maxPerTenant: number;
  /** Most pooled sessions on the target, of all tenants; `null`: only the tenants' bounds count. */
  readonly maxPerTarget: number | null;
  /** SessionKeepAliveSeconds: an idle session is forgotten by pool and server alike after this. */
  readonly keepAliveSeconds: number;
  /** How far the clocks of pool and service may be apart, and how long a call may be under way. */
  readonly marginSeconds: number;
  /** A container keeps an unused lease this long; after it others may have the session. */
  readonly leaseSeconds: number;
  /** How long past its end a lease is left alone: how far the clocks of two containers may be apart. */
  readonly leaseGraceSeconds: number;
  /**
   * How long a caller waits for a session before PoolExhausted; 0: not at all. With more than a lease and its grace it
   * outlives the unused lease of a container that died.
   */
  readonly waitSeconds: number;
  /** A session is used for at most this long, less up to `jitter` of it. The service closes it after 24 h. */
  readonly lifetimeSeconds: number;
  /** Share (0 to 0.5) of the lifetime by which sessions end earlier, at random, so that they do not end together. */
  readonly jitter: number;
}

export const DEFAULT_POOL_LIMITS: PoolLimits = {
  maxPerTenant: 5,
  maxPerTarget: 200,
  keepAliveSeconds: 300,
  marginSeconds: 10,
  leaseSeconds: 10,
  leaseGraceSeconds: 2,
  waitSeconds: 20,
  lifetimeSeconds: 23 * 3_600,
  jitter: 0.1,
};

/** "After 24 hours, the session is forced closed" (API reference, ExecuteStatement, SessionKeepAliveSeconds). */
export const SESSION_LIFETIME_SECONDS = 24 * 3_600;

/** The pool's limits cannot work together. */
export class InvalidPoolLimits extends SlotkeeperError {
  constructor(problem: string) {
    super('InvalidPoolLimits', `Expected ${problem}.`);
  }
}

/**
 * The limits to use: what is given, the defaults for the rest.
 *
 * @throws InvalidPoolLimits when they cannot work together
 */
export function poolLimits(given: Partial<PoolLimits> = {}): PoolLimits {
  const limits = { ...DEFAULT_POOL_LIMITS, ...given };
  wholeNumber('maxPerTenant', limits.maxPerTenant, 1, 1_000);
  if (limits.maxPerTarget !== null) {
    wholeNumber('maxPerTarget', limits.maxPerTarget, 1, 10_000);
  }
  wholeNumber('keepAliveSeconds', limits.keepAliveSeconds, 1, SESSION_LIFETIME_SECONDS);
  wholeNumber('leaseSeconds', limits.leaseSeconds, 1, 900);
  wholeNumber('lifetimeSeconds', limits.lifetimeSeconds, 60, SESSION_LIFETIME_SECONDS - limits.marginSeconds);
  between('marginSeconds', limits.marginSeconds, 0, limits.keepAliveSeconds / 2);
  between('leaseGraceSeconds', limits.leaseGraceSeconds, 0, 60);
  between('waitSeconds', limits.waitSeconds, 0, 900);
  between('jitter', limits.jitter, 0, 0.5);
  return limits;
}

function wholeNumber(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new InvalidPoolLimits(`${name} to be a whole number from ${min} to ${max}, got ${value}`);
  }
}

function between(name: string, value: number, min: number, max: number): void {
  if (!(value >= min && value <= max)) {
    throw new InvalidPoolLimits(`${name} to be from ${min} to ${max}, got ${value}`);
  }
}
