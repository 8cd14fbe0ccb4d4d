import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';

/** EventBridge user guide, "PutEvents": entries of one request, and bytes of them together. */
const MAX_ENTRIES = 10;
export const MAX_REQUEST_BYTES = 256 * 1024;

/** What a `Time` counts as (EventBridge user guide, "Calculating PutEvents event entry size"). */
const TIME_BYTES = 14;

/** Bytes of an entry as EventBridge counts them: time, source, detail type and detail, in UTF-8. */
export function entryBytes(entry: PutEventsRequestEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  const time = entry.Time === undefined ? 0 : TIME_BYTES;
  return texts.reduce((bytes, text) => bytes + Buffer.byteLength(text ?? ''), time);
}

/** Splits entries, in order, into requests that EventBridge takes. An entry that is too large alone has its own. */
export function batchEntries(entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[][] {
  const batches: PutEventsRequestEntry[][] = [];
  let room = 0;
  for (const entry of entries) {
    const bytes = entryBytes(entry);
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === MAX_ENTRIES || bytes > room) {
      batches.push([entry]);
      room = MAX_REQUEST_BYTES - bytes;
    } else {
      batch.push(entry);
      room -= bytes;
    }
  }
  return batches;
}
