import pMap from 'p-map';
import { backendKey } from '../../lifecycle/backend-key.ts';
import type { BackendRecord } from '../../lifecycle/backend-record.ts';
import { isUsedSince } from '../../lifecycle/is-used-since.ts';
import {
  canSnoozeByTag,
  extendsLife,
  type SnoozeTerms,
  snoozeBackend,
  snoozeByTag,
} from '../../lifecycle/snooze-backend.ts';
import type { DomainEvent } from '../../messaging/event-publisher.ts';
import type { Verdict } from '../../policy/verdict.ts';
import { changeBackend } from '../change-backend.ts';
import { domainEventsOf } from '../domain-events.ts';
import type { ReaperPorts } from '../reaper-ports.ts';
import { WRITE_CONCURRENCY } from '../write-concurrency.ts';
import { reserveSnooze } from './snooze-allowance.ts';

/**
 * Records the snoozes that a run has granted to tags, each counted against its owner first. If another snooze of that
 * owner has come between, the session is spared this time all the same, and the next run decides anew.
 *
 * @returns how many events the bus did not take
 */
export async function recordTagSnoozes(
  ports: ReaperPorts,
  verdicts: readonly Verdict[],
): Promise<{ eventsFailed: number }> {
  const granted = verdicts.filter(({ snooze }) => snooze !== undefined);
  if (granted.length === 0) {
    return { eventsFailed: 0 };
  }
  const records = await ports.table.readBackends(granted.map(({ backend }) => backend.identity));
  const known = new Map(records.map((one) => [backendKey(one.identity), one]));
  // All snoozes of an owner are counted by one item: who writes it side by side only gets in one's own way.
  const byOwner = Map.groupBy(granted, (verdict) => ownerOf(ports, verdict));
  const events = await pMap(
    byOwner,
    async ([owner, verdicts]) => {
      const told: DomainEvent[] = [];
      for (const verdict of verdicts) {
        const saved = await record(ports, owner, verdict, known.get(backendKey(verdict.backend.identity)) ?? null);
        told.push(...(saved === null ? [] : domainEventsOf(saved, verdict.snooze?.by ?? '').slice(-1)));
      }
      return told;
    },
    { concurrency: WRITE_CONCURRENCY },
  );
  const { failed } = await ports.events.publish(events.flat());
  return { eventsFailed: failed };
}

function ownerOf({ config }: ReaperPorts, { owner }: Verdict): string {
  return owner ?? config.notices.defaultOwner;
}

async function record(
  { table, config, now }: ReaperPorts,
  allowanceOf: string,
  { backend, rule, owner, snooze }: Verdict,
  known: BackendRecord | null,
): Promise<BackendRecord | null> {
  if (snooze === undefined || rule === null) {
    return null;
  }
  const at = now();
  const allowance = {
    owner: allowanceOf,
    at,
    limit: config.notices.snooze.perOwnerPerDay,
  };
  const reserved = await reserveSnooze(table, allowance);
  if (reserved === null) {
    return null;
  }
  const terms = { ...snooze, at: at.toISOString() };
  const { identity, database, application, clientHost, lastActiveAt } = backend;
  const of = { identity, database, application, clientHost, lastActiveAt, rule, owner };
  const saved = await changeBackend(table, identity, known, (current) => next(current, terms, of));
  const newest = saved?.events.at(-1);
  if (newest?.type === 'snoozed' && newest.by === terms.by && newest.at === terms.at) {
    return saved;
  }
  await reserved.giveBack();
  return null;
}

/** One that was used since, claimed or kept longer by somebody else is left as it is. */
function next(
  current: BackendRecord | null,
  terms: SnoozeTerms,
  of: Parameters<typeof snoozeByTag>[1]['of'],
): BackendRecord | null {
  if (current !== null && isUsedSince(of.lastActiveAt, current.lastActiveAt)) {
    return null;
  }
  if (canSnoozeByTag(current)) {
    return snoozeByTag(current, { ...terms, of });
  }
  const isExtended = current?.state === 'snoozed' && current.lastActiveAt === of.lastActiveAt;
  return isExtended && extendsLife(current, terms.until) ? snoozeBackend(current, terms) : null;
}
