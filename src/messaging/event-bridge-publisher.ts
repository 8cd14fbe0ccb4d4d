import { setTimeout as delay } from 'node:timers/promises';
import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { batchEntries, entryBytes, MAX_REQUEST_BYTES } from './batch-entries.ts';
import type { DomainEvent, EventPublisher } from './event-publisher.ts';

/** Tries beyond the first for entries that the bus did not take; the SDK retries requests that fail as a whole besides. */
const RETRIES = 3;
const FIRST_BACK_OFF_MS = 100;

export interface EventBridgePublisherOptions {
  readonly client: EventBridgeClient;
  readonly busName: string;
  /** `Source` of every entry, what rules match on: `slotkeeper`. */
  readonly source: string;
  /** Sleeps between tries, milliseconds; the process's timer by default. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

/**
 * Events on an EventBridge bus. `PutEvents` answers 200 even if it took none, so its entries are read one by one, and
 * those that failed are tried again. An entry's `detail` carries the event's id, since the bus gives each try its own.
 */
export function createEventBridgePublisher(options: EventBridgePublisherOptions): EventPublisher {
  const { client, busName, source, wait = delay } = options;

  /** Sends a batch once; answers the entries that were not taken, each with the reason. */
  async function put(entries: readonly PutEventsRequestEntry[]): Promise<Refusal[]> {
    try {
      const answer = await client.send(new PutEventsCommand({ Entries: [...entries] }));
      if ((answer.FailedEntryCount ?? 0) === 0) {
        return [];
      }
      const results = answer.Entries ?? [];
      return entries.flatMap((entry, index) => {
        const result = results[index];
        return result?.EventId === undefined ? [{ entry, reason: result?.ErrorCode ?? 'NoAnswerForEntry' }] : [];
      });
    } catch (error) {
      const reason = error instanceof Error ? error.name : String(error);
      return entries.map((entry) => ({ entry, reason }));
    }
  }

  async function putWithRetries(batch: readonly PutEventsRequestEntry[]): Promise<Refusal[]> {
    let refused = await put(batch);
    for (let retry = 1; retry <= RETRIES && refused.length > 0; retry += 1) {
      await wait(FIRST_BACK_OFF_MS * 2 ** (retry - 1));
      refused = await put(refused.map(({ entry }) => entry));
    }
    return refused;
  }

  return {
    async publish(events) {
      const entries = events.map((event) => toEntry(event, busName, source));
      const oversize = entries.filter((entry) => entryBytes(entry) > MAX_REQUEST_BYTES);
      const refused: Refusal[] = oversize.map((entry) => ({ entry, reason: 'EntryTooLarge' }));
      for (const batch of batchEntries(entries.filter((entry) => !oversize.includes(entry)))) {
        refused.push(...(await putWithRetries(batch)));
      }
      return { failed: refused.length, reasons: countReasons(refused) };
    },
  };
}

interface Refusal {
  readonly entry: PutEventsRequestEntry;
  readonly reason: string;
}

function toEntry(event: DomainEvent, busName: string, source: string): PutEventsRequestEntry {
  return {
    EventBusName: busName,
    Source: source,
    DetailType: event.type,
    Time: new Date(event.at),
    Detail: JSON.stringify({ ...event.detail, id: event.id }),
  };
}

function countReasons(refused: readonly Refusal[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of refused) {
    counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}
