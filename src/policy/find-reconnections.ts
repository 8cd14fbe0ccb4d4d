import { microsOf } from '../backends/instant.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { type Return, returnOf } from '../lifecycle/note-reconnection.ts';
import { type VerifiedEnd, verifiedEnd } from '../lifecycle/verified-end.ts';
import { type Client, clientId, clientOf } from './client.ts';

/** An end, and the new session of its client. */
export interface Reconnection {
  readonly ended: BackendRecord;
  readonly back: Return;
}

/** A session that began, whatever became of it. */
export interface Begun {
  readonly identity: { readonly pid: number; readonly startedAt: string; readonly user: string };
  readonly application: string;
  readonly clientHost: string;
}

const SECOND = 1_000_000;

/**
 * Finds the ends after which the client was back: a new session of the same user, application and host began after the
 * claim and within so many seconds of the look that showed the end. Each new session stands for one return, and each end
 * has one. What is on record as a return stays so, and is not among the answers.
 *
 * @param ends records of one target; only verified ends of them count. Those among them that began after another's end
 *   were returns themselves
 * @param living sessions that are there now
 * @param within seconds
 */
export function findReconnections(
  ends: readonly BackendRecord[],
  living: readonly Begun[],
  within: number,
): readonly Reconnection[] {
  const noted = new Set(ends.flatMap((record) => startKeys(record)));
  const open = groupByClient(
    ends.flatMap((record) => {
      const end = verifiedEnd(record);
      return end === null || returnOf(record) !== null ? [] : [{ record, end }];
    }),
    ({ record }) => clientOf(record),
  );
  const runOf = new Map(ends.map((record) => [keyOf(record.identity), verifiedEnd(record)?.by]));
  const found: Reconnection[] = [];
  for (const begun of distinct([...living, ...ends]).sort(byStart)) {
    const key = keyOf(begun.identity);
    const waiting = open.get(clientId(clientOf(begun))) ?? [];
    if (waiting.length === 0 || noted.has(key)) {
      continue;
    }
    const startedAt = microsOf(begun.identity.startedAt);
    // Of several ends that it may be the return after, the one whose time is over first: so most find theirs.
    const [first] = waiting
      .filter(({ end }) => isReturn(startedAt, end, within) && runOf.get(key) !== end.by)
      .sort((a, b) => a.end.to - b.end.to || (keyOf(a.record.identity) < keyOf(b.record.identity) ? -1 : 1));
    if (first !== undefined) {
      waiting.splice(waiting.indexOf(first), 1);
      const { pid, startedAt: start } = begun.identity;
      const afterSeconds = Math.max(0, Math.floor((startedAt - first.end.to) / SECOND));
      found.push({ ended: first.record, back: { pid, startedAt: start, afterSeconds } });
    }
  }
  return found;
}

/** Servers cut starts to the second, so one in the second of the claim may have come after it. */
function isReturn(startedAt: number, { from, to }: VerifiedEnd, within: number): boolean {
  return startedAt >= Math.floor(from / SECOND) * SECOND && startedAt <= to + within * SECOND;
}

function startKeys(record: BackendRecord): string[] {
  const back = returnOf(record);
  return back === null ? [] : [keyOf({ ...back, user: record.identity.user })];
}

function keyOf({ pid, startedAt, user }: Begun['identity']): string {
  return JSON.stringify([pid, startedAt, user]);
}

function distinct(all: readonly Begun[]): Begun[] {
  return [...new Map(all.map((begun) => [keyOf(begun.identity), begun])).values()];
}

/** By key where the starts are the same, so that the order of the rows does not matter. */
function byStart(a: Begun, b: Begun): number {
  return (
    microsOf(a.identity.startedAt) - microsOf(b.identity.startedAt) || (keyOf(a.identity) < keyOf(b.identity) ? -1 : 1)
  );
}

function groupByClient<T>(all: readonly T[], client: (one: T) => Client): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const id = clientId(client(one));
    groups.set(id, [...(groups.get(id) ?? []), one]);
  }
  return groups;
}
