import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { type ClientRecord, isHeld } from '../lifecycle/client-record.ts';
import { returnOf } from '../lifecycle/note-reconnection.ts';
import { verifiedEnd } from '../lifecycle/verified-end.ts';
import { type Client, clientId, clientOf } from './client.ts';
import type { ClientHold } from './client-hold.ts';
import { type Begun, findReconnections, type Reconnection } from './find-reconnections.ts';
import type { ThrashLimits } from './thrash-limits.ts';

/** Everything on which it depends whether a client thrashes. */
export interface ThrashInput {
  /** Sessions that are there now. */
  readonly living: readonly Begun[];
  /** What the table knows of backends that runs ended within the window; others among them are left out of account. */
  readonly ends: readonly BackendRecord[];
  /** What the table knows of clients that thrashed. */
  readonly clients: readonly ClientRecord[];
  readonly limits: ThrashLimits;
  /** Slotkeeper's clock, the one that stamps ends and holds. */
  readonly now: Date;
}

export interface Thrash {
  /** Returns that are not on record yet. */
  readonly reconnections: readonly Reconnection[];
  /** By client id: whose sessions are not to be ended now, those newly found included. */
  readonly holds: ReadonlyMap<string, ClientHold>;
  /** Those newly found. */
  readonly fresh: readonly ClientHold[];
}

/**
 * Finds the clients that come back as soon as their sessions are ended. Only ends since the last hold was over, or was
 * lifted by hand, count: what led to it is settled by it.
 *
 * The same table and the same look come to the same holds, whether or not what was found before has been recorded.
 */
export function findThrash({ living, ends, clients, limits, now }: ThrashInput): Thrash {
  const reconnections = findReconnections(ends, living, limits.within);
  const back = new Set(reconnections.map(({ ended }) => ended));
  const stored = new Map(clients.map((client) => [client.id, client]));
  const holds = new Map(clients.filter((client) => isHeld(client, now)).map((client) => [client.id, toHold(client)]));
  const counts = new Map<string, { client: Client; reconnects: number }>();
  for (const ended of ends) {
    const client = clientOf(ended);
    const id = clientId(client);
    const returned = back.has(ended) || returnOf(ended) !== null;
    if (returned && isRecent(ended, stored.get(id), limits.window, now)) {
      counts.set(id, { client, reconnects: (counts.get(id)?.reconnects ?? 0) + 1 });
    }
  }
  const until = new Date(now.getTime() + limits.holdFor * 1000).toISOString();
  const fresh = [...counts]
    .filter(([id, { reconnects }]) => reconnects >= limits.reconnects && !holds.has(id))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { client, reconnects }]): ClientHold => ({ client, reconnects, limit: limits.reconnects, until }));
  for (const hold of fresh) {
    holds.set(clientId(hold.client), hold);
  }
  return { reconnections, holds, fresh };
}

function isRecent(ended: BackendRecord, client: ClientRecord | undefined, window: number, now: Date): boolean {
  const at = Date.parse(verifiedEnd(ended)?.at ?? '');
  const settled = client === undefined ? Number.NEGATIVE_INFINITY : Date.parse(client.released?.at ?? client.until);
  return at >= now.getTime() - window * 1000 && at > settled;
}

function toHold({ user, application, clientHost, reconnects, limit, until }: ClientRecord): ClientHold {
  return { client: { user, application, clientHost }, reconnects, limit, until };
}
