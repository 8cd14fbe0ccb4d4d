import { randomUUID } from 'node:crypto';
import { ACCOUNT_ID, REGION } from '../cloud-names.ts';

/** An event as rules see it (EventBridge guide, "Event structure reference"). */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601 to the second, UTC. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What an event is made of; the rest of the envelope is filled in. */
export interface EventContent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly time: Date;
  readonly resources?: readonly string[];
}

/** Puts the envelope around an event. */
export function busEvent(content: EventContent): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': content.detailType,
    source: content.source,
    account: ACCOUNT_ID,
    time: content.time.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region: REGION,
    resources: content.resources ?? [],
    detail: content.detail,
  };
}
