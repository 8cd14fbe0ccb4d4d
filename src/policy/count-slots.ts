import type { Backend } from '../backends/backend.ts';
import type { Slots } from './slots.ts';

/** Who has a target's slots, as the server counts them. */
export interface SlotCount {
  /** Backends in a slot: superusers' and the asking one too, the platform's own not. */
  readonly used: number;
  /** Those of `used` that are Slotkeeper's own. */
  readonly own: number;
  /** The platform's own sessions, which take none of the slots. */
  readonly system: number;
  /** Slots that an ordinary user can still get. */
  readonly free: number;
  /** How many of the reserved slots superusers have taken beside: so many must go before one is free. */
  readonly overdrawn: number;
}

/**
 * Counts slots. A server refuses ordinary users as soon as no more slots are left than it reserves for superusers,
 * whoever has the others (PostgreSQL's documentation, `superuser_reserved_connections`; Redshift's refusal names
 * "non-bootstrap users": brianc/node-postgres#1155). So the reserved ones are never free, and superusers' sessions count.
 */
export function countSlots(backends: readonly Pick<Backend, 'own' | 'system'>[], slots: Slots): SlotCount {
  const system = backends.filter((backend) => backend.system).length;
  const used = backends.length - system;
  const own = backends.filter((backend) => backend.own && !backend.system).length;
  const left = slots.limit - slots.reserved - used;
  return { used, own, system, free: Math.max(0, left), overdrawn: Math.max(0, -left) };
}

/** Slots that an ordinary user can still get while so many are used; never less than none. */
export function freeSlots({ limit, reserved }: Pick<Slots, 'limit' | 'reserved'>, used: number): number {
  return Math.max(0, limit - reserved - used);
}
