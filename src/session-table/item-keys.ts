import type { BackendIdentity } from '../backends/backend-identity.ts';

/** The primary key of an item of the session table. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** Wide enough for any 32-bit pid, so that keys sort as pids do. */
const PID_DIGITS = 10;

/** Key prefixes of the kinds of items that are listed. */
export const BACKEND_PREFIX = 'BACKEND#';
export const RUN_PREFIX = 'RUN#';

/** The partition of everything about one target. */
export function targetPartition(target: string): string {
  return `TARGET#${target}`;
}

/** The user is part of a backend's identity but not of its key: the item says whose it is, and adapters compare. */
export function backendKey(identity: Omit<BackendIdentity, 'user'>): ItemKey {
  return {
    pk: targetPartition(identity.target),
    sk: `${backendPidPrefix(identity.pid)}${segment(identity.startedAt)}`,
  };
}

/**
 * What the keys of all backends with one pid start with.
 *
 * @throws RangeError when the pid is no process id
 */
export function backendPidPrefix(pid: number): string {
  return `${BACKEND_PREFIX}${paddedPid(pid)}#`;
}

/** Sorts a target's backends by their start; the pid tells those of one moment apart. */
export function historySortKey(identity: Pick<BackendIdentity, 'pid' | 'startedAt'>): string {
  return `${segment(identity.startedAt)}#${paddedPid(identity.pid)}`;
}

export function runKey(run: { target: string; startedAt: string; runId: string }): ItemKey {
  return { pk: targetPartition(run.target), sk: `${RUN_PREFIX}${segment(run.startedAt)}#${segment(run.runId)}` };
}

export function lockKey(target: string): ItemKey {
  return { pk: targetPartition(target), sk: 'LOCK' };
}

/** The one item that makes a plan readable; it is written after its parts. */
export function planHeadKey(run: { target: string; runId: string }): ItemKey {
  return { pk: targetPartition(run.target), sk: `PLAN#${segment(run.runId)}#HEAD` };
}

/** `contentId` keeps the parts of two different plans of one run apart; `part` counts from 1. */
export function planPartKey(run: { target: string; runId: string }, contentId: string, part: number): ItemKey {
  return {
    pk: targetPartition(run.target),
    sk: `PLAN#${segment(run.runId)}#${segment(contentId)}#${String(part).padStart(4, '0')}`,
  };
}

/** What a run's plan was made of; written before the plan, after its own parts. */
export function recordingHeadKey(run: { target: string; runId: string }): ItemKey {
  return { pk: targetPartition(run.target), sk: `RECORDING#${segment(run.runId)}#HEAD` };
}

/** As {@link planPartKey}. */
export function recordingPartKey(run: { target: string; runId: string }, contentId: string, part: number): ItemKey {
  return {
    pk: targetPartition(run.target),
    sk: `RECORDING#${segment(run.runId)}#${segment(contentId)}#${String(part).padStart(4, '0')}`,
  };
}

export function noticePrefix(runId: string): string {
  return `NOTICE#${segment(runId)}#`;
}

export function noticeKey(notice: { target: string; runId: string; noticeId: string }): ItemKey {
  return { pk: targetPartition(notice.target), sk: `${noticePrefix(notice.runId)}${segment(notice.noticeId)}` };
}

export const CLIENT_PREFIX = 'CLIENT#';

export function clientKey(client: { target: string; id: string }): ItemKey {
  return { pk: targetPartition(client.target), sk: `${CLIENT_PREFIX}${segment(client.id)}` };
}

/** What one owner was sent of late about a target. */
export function ownerMailKey({ target, owner }: { target: string; owner: string }): ItemKey {
  return { pk: targetPartition(target), sk: `OWNER#${segment(owner)}` };
}

export function reaperSessionKey(target: string): ItemKey {
  return { pk: targetPartition(target), sk: 'REAPER' };
}

/** Who paused and resumed a target's schedule. */
export function scheduleKey(target: string): ItemKey {
  return { pk: targetPartition(target), sk: 'SCHEDULE' };
}

/** Of no target: an owner's allowance is one, whatever the targets. */
export function snoozeCountKey({ owner, day }: { owner: string; day: string }): ItemKey {
  return { pk: `SNOOZES#${owner}`, sk: `DAY#${segment(day)}` };
}

/** `#` separates the parts of a sort key, so a value that contains one must not look like two. */
function segment(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('#', '%23');
}

function paddedPid(pid: number): string {
  if (!Number.isInteger(pid) || pid < 0 || pid >= 10 ** PID_DIGITS) {
    throw new RangeError(`Expected a process id (an integer from 0, at most ${PID_DIGITS} digits), got ${pid}.`);
  }
  return String(pid).padStart(PID_DIGITS, '0');
}
