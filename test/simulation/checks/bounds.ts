import { TARGET } from '../world/world.ts';
import type { CreateCheck } from './check.ts';

/** Clocks of processes differ by a little, and so do the windows that they measure. */
const SLACK_MS = 2_000;

/** The longest that a lease is taken for at once: of a creation, after a statement that nobody waits for, of a query. */
const LONGEST_LEASE_MS = 60_000;

/** From the moment for which the table told that a run has the lock to the arrival of what it hands in then. */
const FENCE_MS = 3_500;

/** Caps, bounds of tenants and target, of messages and of snoozes are never exceeded; only the lock's holder ends anybody. */
export const checkBounds: CreateCheck = ({ scenario, tables, cluster, owners, scheduler }, violate) => {
  const { caps, limits, rate, snoozesPerDay, lockFor, clocks } = scenario;
  const snoozes = new Map<string, number>();
  const heldAt = new Map<string, number>();
  let messages = 0;

  const countSessions = () => {
    const byUser = new Map<string, number>();
    let all = 0;
    for (const { kind, user, doomed } of cluster.backends.values()) {
      if (kind === 'tenant' && !doomed) {
        all += 1;
        byUser.set(user, (byUser.get(user) ?? 0) + 1);
      }
    }
    for (const [user, count] of byUser) {
      if (count > limits.maxPerTenant) {
        violate('bounds never exceeded', `${user} has ${count} sessions, at most ${limits.maxPerTenant}`);
      }
    }
    if (all > limits.maxPerTarget) {
      violate('bounds never exceeded', `${all} pooled sessions, at most ${limits.maxPerTarget}`);
    }
  };

  const countMessages = () => {
    for (; messages < owners.sent.length; messages += 1) {
      const owner = owners.sent[messages]?.message.attributes['owner'];
      const since = scheduler.now - rate.per * 1000 + SLACK_MS;
      const recent = owners.sent
        .slice(0, messages + 1)
        .filter(({ at, message }) => at > since && message.attributes['owner'] === owner);
      if (recent.length > rate.messages) {
        violate('bounds never exceeded', `${owner} was sent ${recent.length} messages, at most ${rate.messages}`);
      }
    }
  };

  return {
    submit(statement) {
      if (statement.kind !== 'termination') {
        return;
      }
      const runId = statement.name.slice('run:'.length);
      const victims =
        Object.values(statement.parameters)
          .join('')
          .match(/[0-9a-f]+/g)?.length ?? 0;
      const { terminate = 0, backends = 0 } = tables.plans.get(runId)?.counts ?? {};
      if (Math.max(victims, terminate) > Math.min(caps.maxTerminations, caps.maxShare * backends)) {
        violate(
          'bounds never exceeded',
          `${victims} victims of ${terminate} due among ${backends}, caps ${JSON.stringify(caps)}`,
        );
      }
      const ago = scheduler.now - (heldAt.get(runId) ?? Number.NEGATIVE_INFINITY);
      if (ago > FENCE_MS && clocks !== 'all-apart') {
        violate('only the holder of the lock ends anybody', `${runId} had the lock ${ago / 1000} s ago`);
      }
    },
    backend(_before, after) {
      const newest = after.events.at(-1);
      if (newest?.type === 'snoozed' && newest.by.startsWith('link:')) {
        const day = `${newest.by} ${newest.at.slice(0, 10)}`;
        snoozes.set(day, (snoozes.get(day) ?? 0) + 1);
        if ((snoozes.get(day) ?? 0) > snoozesPerDay) {
          violate('bounds never exceeded', `${day}: ${snoozes.get(day)} snoozes, at most ${snoozesPerDay}`);
        }
      }
    },
    lock(before, after) {
      const isTaken =
        before !== null && before.runId !== after.runId && Date.parse(before.expiresAt) > scheduler.now + SLACK_MS;
      if (isTaken && clocks !== 'all-apart') {
        violate(
          'a lock is not taken from its holder',
          `${after.runId} took it from ${before.runId}, who had it until ${before.expiresAt}`,
        );
      }
      if (Date.parse(after.expiresAt) > scheduler.now + lockFor * 1000 + SLACK_MS && clocks !== 'all-apart') {
        violate('every lock is free again in bounded time', `${after.runId} has it until ${after.expiresAt}`);
      }
    },
    session(_before, { lease, key, slot }) {
      const isLong = lease !== null && Date.parse(lease.until) > scheduler.now + LONGEST_LEASE_MS + SLACK_MS;
      if (isLong && clocks !== 'all-apart') {
        violate('every lease is free again in bounded time', `${key.tenant}/${slot} is leased until ${lease.until}`);
      }
    },
    step() {
      const lock = tables.locks.get(TARGET);
      if (lock !== undefined && Date.parse(lock.expiresAt) > scheduler.now) {
        heldAt.set(lock.runId, scheduler.now);
      }
      if (clocks !== 'all-apart') {
        countSessions();
        countMessages();
      }
    },
  };
};
