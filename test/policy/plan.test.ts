import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkCanary } from '../../src/policy/check-canary.ts';
import { checkCaps } from '../../src/policy/check-caps.ts';
import { hashText } from '../../src/policy/hash-text.ts';
import { judge } from '../../src/policy/judge.ts';
import { makePlan } from '../../src/policy/make-plan.ts';
import { planDifference } from '../../src/policy/plan-difference.ts';
import { exampleRule, idleBackend, judgeInput, NOW, snapshotOf, warnedRecord } from './policy-examples.ts';

const numbered = (pid: number, idleSeconds: number) =>
  idleBackend(idleSeconds, { identity: { target: 'prod', pid, startedAt: '2026-11-20T05:12:44Z', user: 'bi_reader' } });

function planOf(count: { terminate: number; warn: number; keep: number }, now = NOW) {
  const due = Array.from({ length: count.terminate }, (_, index) => numbered(300 - index, 5400));
  const idle = Array.from({ length: count.warn }, (_, index) => numbered(600 - index, 1800));
  const fresh = Array.from({ length: count.keep }, (_, index) => numbered(900 - index, 60));
  const input = judgeInput([...fresh, ...due, ...idle], { records: due.map((one) => warnedRecord(one, 1000)), now });
  return makePlan(input.snapshot, judge(input));
}

describe('makePlan', () => {
  it('lists those to act on by pid, counts all, and gives each owner one notice', () => {
    const plan = planOf({ terminate: 2, warn: 2, keep: 3 });
    expect(plan.members.map(({ identity, action, noticeId }) => [identity.pid, action, noticeId])).toEqual([
      [299, 'terminate', null],
      [300, 'terminate', null],
      [599, 'warn', hashText('team@example.com').slice(0, 16)],
      [600, 'warn', hashText('team@example.com').slice(0, 16)],
    ]);
    expect(plan.counts).toEqual({ backends: 7, keep: 3, warn: 2, terminate: 2, recovered: 0 });
    expect(plan.kept).toEqual({ 'below-warning': 3 });
    expect(plan.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has the hash of its decisions, whenever they are made', () => {
    const count = { terminate: 2, warn: 2, keep: 3 };
    const later = planOf(count, new Date(NOW.getTime() + 4_000));
    expect(later.hash).toBe(planOf(count).hash);
    expect(later.members[3]?.endsAt).not.toBe(planOf(count).members[3]?.endsAt);
    expect(planOf({ ...count, warn: 3 }).hash).not.toBe(later.hash);
  });

  it('has another hash, and a difference in words, where the same warnings announce no end', () => {
    const idle = [numbered(600, 1800)];
    const verdictsBy = (terminateAfter: number | null) =>
      judge(judgeInput(idle, { rules: [exampleRule({ terminateAfter })] }));
    const [withEnd, without] = [verdictsBy(3600), verdictsBy(null)];
    const plan = makePlan(snapshotOf(idle), withEnd);
    expect(makePlan(snapshotOf(idle), without).hash).not.toBe(plan.hash);
    expect(planDifference(plan, withEnd)).toEqual([]);
    expect(planDifference(plan, without)).toEqual([
      'pid 600 started 2026-11-20T05:12:44Z (bi_reader) is now warn of no end (due-warning, rule everyone-else), ' +
        'approved as warn (due-warning, rule everyone-else)',
    ]);
  });

  it('hashes as everyone else does', () => {
    expect(hashText('é')).toBe(createHash('sha256').update('é').digest('hex'));
  });
});

describe('checkCaps', () => {
  it('lets a plan pass that is exactly at the caps', () => {
    expect(checkCaps(planOf({ terminate: 10, warn: 5, keep: 10 }), { maxTerminations: 10, maxShare: 0.4 })).toBeNull();
    expect(checkCaps(planOf({ terminate: 7, warn: 0, keep: 93 }), { maxTerminations: 10, maxShare: 0.07 })).toBeNull();
    expect(checkCaps(planOf({ terminate: 0, warn: 0, keep: 0 }), { maxTerminations: 0, maxShare: 0 })).toBeNull();
  });

  it('refuses with the limit and the finding', () => {
    const error = checkCaps(planOf({ terminate: 12, warn: 0, keep: 40 }), { maxTerminations: 10, maxShare: 0.5 });
    expect(error?.name).toBe('CapExceeded');
    expect(error?.message).toBe(
      "12 terminations planned for target 'prod', at most 10 allowed (caps.maxTerminations: 10); nothing was ended. " +
        'Look at the plan, then correct the rule that is too wide, or raise the cap in slotkeeper.yml.',
    );
  });

  it('names both caps when both are passed', () => {
    const error = checkCaps(planOf({ terminate: 3, warn: 0, keep: 1 }), { maxTerminations: 1, maxShare: 0.505 });
    expect(error?.message).toContain('at most 1 allowed (caps.maxTerminations: 1)');
    expect(error?.message).toContain('at most 50.5% of 4 backends, that is 2, allowed (caps.maxShare: 50.5%)');
  });
});

describe('checkCanary', () => {
  it('believes a snapshot whose user sees everyone, itself included', () => {
    expect(checkCanary(snapshotOf([]))).toBeNull();
  });

  it('refuses one by a user who sees only its own, and one without the asking session', () => {
    const canary = { seesEveryone: true, mayEndOthers: true, ownPid: 77, ownSessionSeen: true };
    const blind = checkCanary(snapshotOf([], { canary: { ...canary, seesEveryone: false } }));
    expect([blind?.name, blind?.message]).toEqual([
      'CanaryFailed',
      expect.stringContaining("target 'prod' to be a superuser"),
    ]);
    const partial = checkCanary(snapshotOf([], { canary: { ...canary, ownSessionSeen: false } }));
    expect([partial?.name, partial?.message]).toEqual(['CanaryFailed', expect.stringContaining('(pid 77)')]);
  });
});

describe('checkCanary with our own clock', () => {
  it('refuses a snapshot whose clock is too far from ours, either way', () => {
    const at = (takenAt: string) => checkCanary(snapshotOf([], { takenAt }), NOW)?.message;
    expect(at('2026-11-20T14:50:02.000000Z')).toBeUndefined();
    expect(at('2026-11-20T14:45:00Z')).toContain("clock of target 'prod' within 10m of ours, it is 15m 2s behind");
    expect(at('2026-11-20T16:00:02Z')).toContain('within 10m of ours, it is 1h ahead');
  });
});
