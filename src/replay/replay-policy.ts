import type { Backend } from '../backends/backend.ts';
import { backendKey } from '../lifecycle/backend-key.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { isUsedSince } from '../lifecycle/is-used-since.ts';
import { checkCaps } from '../policy/check-caps.ts';
import { clientId } from '../policy/client.ts';
import type { Plan } from '../policy/plan.ts';
import type { Fate } from './fates.ts';
import { type Policy, planBy } from './policy.ts';
import type { Recording } from './recording.ts';
import { warnVirtually } from './warn-virtually.ts';

/** What a policy would have done on one recording. */
export interface ReplayedStep {
  /** Slotkeeper's clock, ISO 8601. */
  readonly at: string;
  readonly plan: Plan;
  /** The name of the error with which the caps would have refused the plan; null: it would have been acted on. */
  readonly refused: string | null;
  /** Whether it is the plan that was recorded; null: that one is not known. */
  readonly asRecorded: boolean | null;
}

export interface Replay {
  readonly steps: readonly ReplayedStep[];
  /** By backend key; those to which it would have done nothing are missing. */
  readonly fates: ReadonlyMap<string, Fate>;
}

/** A recording, and the policy in words that fit it: names may be hashed, each directory's in another way. */
export interface ReplayInput {
  readonly recording: Recording;
  readonly policy: Policy;
}

/**
 * What a policy would have done, had it decided whenever a recording was made, and had each warning been sent at once.
 *
 * As long as it comes to the recorded plans and they were acted on, what was recorded next is what came of it. From the
 * first difference on, the world is another one: the receipts are the virtual ones, what it would have ended is not there
 * any more, and only snoozes are still taken from the recordings, being their owners' doing. How people would have acted
 * in that other world nobody knows; `usedAfterEnd` says who would have been missed.
 *
 * @param inputs of one target, in the order of time
 */
export function replayPolicy(inputs: readonly ReplayInput[]): Replay {
  const steps: ReplayedStep[] = [];
  const fates = new Map<string, Fate>();
  const ended = new Map<string, Backend>();
  let records = new Map<string, BackendRecord>();
  let diverged = false;
  for (const { recording, policy } of inputs) {
    noteUses(recording.snapshot.backends, ended, fates);
    const recorded = new Map(recording.records.map((record) => [backendKey(record.identity), record]));
    records = diverged ? new Map([...records, ...[...recorded].filter(isSnoozed)]) : recorded;
    const backends = recording.snapshot.backends.filter(
      ({ identity }) => !diverged || !ended.has(backendKey(identity)),
    );
    const plan = planBy(policy, {
      snapshot: { ...recording.snapshot, backends },
      records: [...records.values()],
      standings: new Map(recording.standings.map(({ identity, standing }) => [backendKey(identity), standing])),
      holds: new Map((recording.holds ?? []).map((hold) => [clientId(hold.client), hold])),
      snoozesUsed: new Map((recording.snoozesUsed ?? []).map(({ identity, count }) => [backendKey(identity), count])),
      now: new Date(recording.now),
    });
    const refusal = checkCaps(plan, policy.caps);
    if (refusal === null) {
      act(plan, recording, records, ended, fates);
    }
    const asRecorded = recording.planHash === null ? null : plan.hash === recording.planHash;
    steps.push({ at: recording.now, plan, refused: refusal?.name ?? null, asRecorded });
    diverged ||= asRecorded !== true || (plan.members.length > 0 && recording.acts !== (refusal === null));
  }
  return { steps, fates };
}

function isSnoozed([, record]: [string, BackendRecord]): boolean {
  return record.state === 'snoozed';
}

function act(
  plan: Plan,
  { now, snapshot }: Recording,
  records: Map<string, BackendRecord>,
  ended: Map<string, Backend>,
  fates: Map<string, Fate>,
): void {
  const seen = new Map(snapshot.backends.map((backend) => [backendKey(backend.identity), backend]));
  for (const member of plan.members) {
    const { identity, application, action, rule, owner } = member;
    const key = backendKey(identity);
    const before = fates.get(key) ?? { identity, application, deeds: [], usedAfterEnd: false };
    fates.set(key, { ...before, deeds: [...before.deeds, { at: now, action, rule, owner }] });
    const backend = seen.get(key);
    if (action === 'warn') {
      records.set(key, warnVirtually(records.get(key) ?? null, member, now));
    } else if (backend !== undefined) {
      ended.set(key, backend);
    }
  }
}

/** Whoever would have been ended and worked on would have been missed. */
function noteUses(backends: readonly Backend[], ended: ReadonlyMap<string, Backend>, fates: Map<string, Fate>): void {
  for (const backend of backends) {
    const key = backendKey(backend.identity);
    const [end, fate] = [ended.get(key), fates.get(key)];
    if (end === undefined || fate === undefined) {
      continue;
    }
    if (backend.activity === 'running' || isUsedSince(end.lastActiveAt, backend.lastActiveAt)) {
      fates.set(key, { ...fate, usedAfterEnd: true });
    }
  }
}
