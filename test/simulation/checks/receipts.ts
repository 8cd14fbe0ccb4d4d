import type { BackendRecord } from '../../../src/lifecycle/backend-record.ts';
import type { Rule } from '../../../src/policy/rule.ts';
import { keyOfIdentity } from '../world/observed-tables.ts';
import { TARGET, type World } from '../world/world.ts';
import type { CreateCheck } from './check.ts';
import { identityOf } from './identity-of.ts';

/** The rule that this world's people know theirs to be, found without the code that is to be tested. */
export function expectedRule(world: Pick<World, 'rules'>, user: string): Rule | undefined {
  const name =
    ['exempt', 'scratch'].find((prefix) => user.startsWith(`${prefix}_`)) ??
    (user.startsWith('tenant_') ? 'pooled' : 'everyone');
  return world.rules().find((rule) => rule.name === name);
}

/**
 * No claim, and so no end, of a backend that was not idle for as long as its rule says, or without a message that truly
 * went out to its owner in this idle spell, named it, and is older than the grace; none before the end that was
 * announced, and none of one that is snoozed.
 */
export const checkReceipts: CreateCheck = (world, violate) => {
  const { tables, cluster, owners, scheduler, scenario } = world;
  // A receipt is stamped by one process and held against the clock of another.
  const tolerance = scenario.clocks === 'all-apart' ? 600_000 : 500;
  return {
    backend(before, after) {
      const claim = after.events.at(-1);
      if (claim?.type !== 'termination-claimed' || before?.version === after.version) {
        return;
      }
      const backend = cluster.backends.get(after.identity.pid);
      if (backend === undefined || keyOfIdentity(identityOf(backend)) !== keyOfIdentity(after.identity)) {
        return;
      }
      const who = `${backend.pid} of ${backend.user}`;
      const rule = expectedRule(world, backend.user);
      if (rule === undefined || rule.terminateAfter === null || rule.keep) {
        violate('no end but by a rule', who);
        return;
      }
      if (isSnoozed(before, scheduler.now + tolerance)) {
        violate('a snooze holds', `${who} is snoozed until ${before?.endsAt}`);
      }
      const lookedAt = Date.parse(tables.plans.get(after.claim?.runId ?? '')?.takenAt ?? '');
      const lastActive = backend.lastActiveAt.getTime();
      if (lastActive > lookedAt) {
        // Used since the look: the guarded statement cannot see that on Redshift (docs/architecture.md).
        return;
      }
      if (lookedAt - lastActive < rule.terminateAfter * 1000) {
        violate('no end before the idle time of its rule', `${who} was idle for ${(lookedAt - lastActive) / 1000} s`);
      }
      if (rule.notice === 'none') {
        return;
      }
      const sent = owners.sent.find(({ messageId }) => messageId === after.receipt?.messageId);
      if (sent === undefined) {
        violate('no end without a receipt older than its grace', `${who} on ${TARGET} has no message`);
        return;
      }
      const age = scheduler.now - sent.at;
      if (age < rule.grace * 1000 - tolerance) {
        violate(
          'no end without a receipt older than its grace',
          `${who} was told ${age / 1000} s ago, the grace is ${rule.grace} s`,
        );
      }
      const told = after.events.findLast(({ type }) => type === 'warned')?.detail['endsAt'];
      if (typeof told === 'string' && Date.parse(told) > scheduler.now + tolerance) {
        violate('no end before the one that was announced', `${who} was told of ${told}`);
      }
      if (sent.at + 1_000 < lastActive - cluster.skewMs) {
        violate('a receipt counts for its idle spell only', `${who} was used after the message`);
      }
      if (!sent.message.body.includes(String(backend.pid))) {
        violate('a receipt names its backend', `${who} is not in ${sent.messageId}`);
      }
    },
  };
};

function isSnoozed(record: BackendRecord | null, now: number): boolean {
  const snooze = record?.events.findLast(({ type }) => type === 'snoozed');
  return record?.state === 'snoozed' && snooze !== undefined && Date.parse(String(snooze.detail['until'])) > now;
}
