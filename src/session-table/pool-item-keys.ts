import type { PoolKey } from '../pool/pool-key.ts';
import type { ItemKey } from './item-keys.ts';

/** Wide enough for every slot number, so that keys sort as numbers do. */
const SLOT_DIGITS = 5;

export const SLOT_PREFIX = 'SLOT#';
export const WAIT_PREFIX = 'WAIT#';

/**
 * The partition of one key. It begins with the tenant, so that an IAM policy can pin a tenant's role to its own items
 * (`dynamodb:LeadingKeys`: `TENANT#<tenant>#*`).
 */
export function poolPartition({ tenant, target, database, dbUser }: PoolKey): string {
  return `TENANT#${segment(tenant)}#TARGET#${segment(target)}#DATABASE#${segment(database)}#USER#${segment(dbUser)}`;
}

export function pooledSessionKey(key: PoolKey, slot: number): ItemKey {
  return { pk: poolPartition(key), sk: `${SLOT_PREFIX}${padded(slot)}` };
}

export function waitKey(key: PoolKey, holder: string): ItemKey {
  return { pk: poolPartition(key), sk: `${WAIT_PREFIX}${segment(holder)}` };
}

/** Numbered slots of a target, of all tenants: no more than a number and a random id, so tenants may share it. */
export function targetSlotsPartition(target: string): string {
  return `POOL#${segment(target)}`;
}

export function targetSlotKey(target: string, number: number): ItemKey {
  return { pk: targetSlotsPartition(target), sk: `${SLOT_PREFIX}${padded(number)}` };
}

/** Where the sparse index has a target's live pooled sessions; backends of runs are elsewhere in it. */
export function livePoolPartition(target: string): string {
  return `POOLED#${segment(target)}`;
}

/** `#` separates the parts of a key, so a value that contains one must not look like two. */
function segment(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('#', '%23');
}

function padded(slot: number): string {
  if (!Number.isInteger(slot) || slot < 0 || slot >= 10 ** SLOT_DIGITS) {
    throw new RangeError(`Expected a slot number (an integer from 0, at most ${SLOT_DIGITS} digits), got ${slot}.`);
  }
  return String(slot).padStart(SLOT_DIGITS, '0');
}
