import { type Client, clientId } from '../policy/client.ts';
import type { ClientHold } from '../policy/client-hold.ts';
import type { ClientEvent, ClientRecord } from './client-record.ts';

const EVENTS_KEPT = 50;

interface Deed {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** `run:<id>`, `cli:<user>` */
  readonly by: string;
}

/** A hold begins. The operators have not been told of it. */
export function beginHold(
  record: ClientRecord | null,
  { target, hold, runId, at, by }: Deed & { target: string; hold: ClientHold; runId: string },
): ClientRecord {
  const { client, reconnects, limit, until } = hold;
  const { user, application, clientHost }: Client = client;
  const base = { target, id: clientId(client), user, application, clientHost };
  const event: ClientEvent = { at, type: 'thrashing', by, detail: { reconnects, limit, until } };
  return {
    ...base,
    ...{ reconnects, limit, since: at, until, runId, told: null, released: null },
    version: (record?.version ?? 0) + 1,
    events: append(record?.events ?? [], event),
  };
}

/** The operators were told. */
export function noteTold(
  record: ClientRecord,
  { messageId, channel, at, by }: Deed & { messageId: string; channel: string },
): ClientRecord {
  const event: ClientEvent = { at, type: 'told', by, detail: { messageId, channel } };
  return changed(record, event, { told: { messageId, channel, at } });
}

/** The operators could not be told; the next run tries again. */
export function noteTellFailure(record: ClientRecord, { error, at, by }: Deed & { error: string }): ClientRecord {
  return changed(record, { at, type: 'tell-failed', by, detail: { error } }, {});
}

/** Somebody lets the client's sessions be ended again: what it did before counts no more. */
export function releaseClient(record: ClientRecord, { at, by }: Deed): ClientRecord {
  return changed(record, { at, type: 'released', by, detail: { until: record.until } }, { released: { at, by } });
}

function changed(record: ClientRecord, event: ClientEvent, changes: Partial<ClientRecord>): ClientRecord {
  return { ...record, ...changes, version: record.version + 1, events: append(record.events, event) };
}

function append(events: readonly ClientEvent[], event: ClientEvent): readonly ClientEvent[] {
  return [...events, event].slice(-EVENTS_KEPT);
}
