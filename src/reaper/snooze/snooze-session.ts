import type { BackendIdentity } from '../../backends/backend-identity.ts';
import type { BackendRecord } from '../../lifecycle/backend-record.ts';
import { extendsLife, snoozeBackend, snoozeRefusal } from '../../lifecycle/snooze-backend.ts';
import { changeBackend } from '../change-backend.ts';
import { domainEventsOf } from '../domain-events.ts';
import { refusalError, SnoozeLimitReached, SnoozeOff, SnoozeRefused, SnoozeTooLong } from '../errors/snooze-refused.ts';
import { dayOf, reserveSnooze } from './snooze-allowance.ts';
import type { SnoozePorts } from './snooze-ports.ts';

/** Which session is to be kept, for how long, and who says so. */
export interface SnoozeRequest {
  readonly identity: BackendIdentity;
  /** The idle spell that is meant (server time); null: whichever it is in. */
  readonly idleSince: string | null;
  readonly seconds: number;
  /** Who snoozes, once it is known whose session it is: `cli:<user>`, `link:<owner>`. */
  readonly by: (owner: string) => string;
}

/** How long a session is kept now. */
export interface SnoozeAnswer {
  readonly record: BackendRecord;
  /** Until when at least: ISO 8601, UTC; null: its rule never ends it. */
  readonly until: string | null;
  /** False: it is kept that long anyway, so nothing was changed or counted. */
  readonly extended: boolean;
  /** How many snoozes its owner has left today. */
  readonly left: number;
}

/**
 * Keeps a warned session for its owner, within the bounds of `notices.snooze`. The snooze is counted first, then made,
 * and given back if it was not needed or came too late. A run that claims the session for its end at the same moment
 * writes the same version of its record, so exactly one of the two wins.
 *
 * @throws SnoozeOff, SnoozeTooLong, SnoozeLimitReached, BackendGone, NothingToSnooze; nothing was changed
 */
export function createSnoozeSession(ports: SnoozePorts) {
  const { config, table, now } = ports;
  const { max, perOwnerPerDay } = config.notices.snooze;
  return async ({ identity, idleSince, seconds, by }: SnoozeRequest): Promise<SnoozeAnswer> => {
    if (max === 0) {
      throw new SnoozeOff();
    }
    if (seconds > max) {
      throw new SnoozeTooLong(seconds, max);
    }
    const [known] = await table.readBackends([identity]);
    const record = allow(known ?? null, identity.pid, idleSince);
    const at = now();
    const owner = ownerOf(record, config.notices.defaultOwner);
    const until = new Date(at.getTime() + seconds * 1000).toISOString();
    if (!extendsLife(record, until)) {
      const count = await table.readSnoozeCount({ owner, day: dayOf(at) });
      return { record, until: record.endsAt, extended: false, left: Math.max(0, perOwnerPerDay - (count?.count ?? 0)) };
    }
    const reserved = await reserveSnooze(table, { owner, at, limit: perOwnerPerDay });
    if (reserved === null) {
      throw new SnoozeLimitReached(owner, perOwnerPerDay, dayOf(at));
    }
    const terms = { until, seconds, at: at.toISOString(), by: by(owner) };
    let saved: BackendRecord;
    try {
      saved = await save(ports, record, idleSince, terms);
    } catch (error) {
      // Of a write without an answer nobody knows whether it was taken: then it stays counted.
      if (error instanceof SnoozeRefused) {
        await reserved.giveBack();
      }
      throw error;
    }
    const newest = saved.events.at(-1);
    const extended = newest?.type === 'snoozed' && newest.by === terms.by && newest.at === terms.at;
    if (!extended) {
      await reserved.giveBack();
      return { record: saved, until: saved.endsAt, extended, left: reserved.left + 1 };
    }
    await ports.events?.publish(domainEventsOf(saved, terms.by).slice(-1));
    return { record: saved, until, extended, left: reserved.left };
  };
}

async function save(
  { table }: SnoozePorts,
  known: BackendRecord,
  idleSince: string | null,
  terms: Parameters<typeof snoozeBackend>[1],
): Promise<BackendRecord> {
  const { identity } = known;
  const saved = await changeBackend(table, identity, known, (current) => {
    const record = allow(current, identity.pid, idleSince);
    return extendsLife(record, terms.until) ? snoozeBackend(record, terms) : null;
  });
  return allow(saved, identity.pid, idleSince);
}

function allow(record: BackendRecord | null, pid: number, idleSince: string | null): BackendRecord {
  const refusal = snoozeRefusal(record, idleSince);
  if (record === null || refusal !== null) {
    throw refusalError(pid, refusal ?? 'not-recorded');
  }
  return record;
}

/** Whose allowance a snooze is of: whoever was told. */
export function ownerOf({ receipt, owner }: Pick<BackendRecord, 'receipt' | 'owner'>, defaultOwner: string): string {
  return receipt?.owner ?? owner ?? defaultOwner;
}
