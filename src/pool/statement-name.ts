import type { PooledSessionRecord } from './pooled-session.ts';
import { TENANT_ID } from './require-tenant-id.ts';

/** Which lease a statement was submitted under. */
export interface StatementOrigin {
  readonly target: string;
  readonly tenant: string;
  readonly slot: number;
  /** `id` of the pooled session. */
  readonly session: string;
  readonly fence: number;
}

const PREFIX = 'slotkeeper/v1/';
const NAME = /^slotkeeper\/v1\/([^/]+)\/([^/]+)\/(\d{1,5})\/([^/]+)\/(\d{1,15})$/;

/**
 * The StatementName of a pool's statement. It comes back in the statement's event, which names no session, and finds
 * the session of a creation whose answer was lost. Whoever can run statements can also forge one, so nothing is
 * believed on its account alone.
 */
export function statementName(record: PooledSessionRecord): string {
  return `${sessionNamePrefix(record)}${record.fence}`;
}

/** What the names of all statements of one pooled session begin with. */
export function sessionNamePrefix({ key, slot, id }: PooledSessionRecord): string {
  return `${PREFIX}${encodeURIComponent(key.target)}/${key.tenant}/${slot}/${id}/`;
}

/** `null`: not a name that a pool gave. */
export function parseStatementName(name: string): StatementOrigin | null {
  const [, target = '', tenant = '', slot, session = '', fence] = NAME.exec(name) ?? [];
  if (!TENANT_ID.test(tenant) || !/^(?:%[0-9A-F]{2}|[\w.~!*'()-])+$/.test(target)) {
    return null;
  }
  return { target: decodeURIComponent(target), tenant, slot: Number(slot), session, fence: Number(fence) };
}
