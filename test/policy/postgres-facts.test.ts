import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PURPOSES } from '../../src/backends/purpose.ts';
import { describeVerdict } from '../../src/policy/describe-verdict.ts';
import { judge } from '../../src/policy/judge.ts';
import { judgeInputs } from './judge-inputs.ts';
import { exampleRule, idleBackend, judgeInput } from './policy-examples.ts';

const UNWARNED = exampleRule({ warnAfter: null, terminateAfter: 3600, notice: 'none' });

function verdictOn(changes: Parameters<typeof idleBackend>[1], rule = UNWARNED) {
  const [verdict] = judge(judgeInput([idleBackend(7200, changes)], { rules: [rule] }));
  if (verdict === undefined) {
    throw new Error('Expected a verdict.');
  }
  return verdict;
}

describe('a session that is idle on purpose', () => {
  it.each(PURPOSES)('is kept as a %s, though its rule is due', (purpose) => {
    const verdict = verdictOn({ purpose, application: 'worker' });
    expect(verdict).toMatchObject({ action: 'keep', code: 'on-purpose', rule: null });
    expect(describeVerdict(verdict)).toBe(
      `idle on purpose, and its rule does not name its application (${purpose}), kept`,
    );
  });

  it('is ended by a rule that names its very application, and by no pattern', () => {
    const named = (application: string[]) => ({ ...UNWARNED, match: { application } });
    const worker = { purpose: 'listener', application: 'worker' } as const;
    expect(verdictOn(worker, named(['worker']))).toMatchObject({ action: 'terminate' });
    expect(verdictOn(worker, named(['work*']))).toMatchObject({ action: 'keep', code: 'on-purpose' });
    expect(verdictOn({ ...worker, application: '' }, UNWARNED)).toMatchObject({ code: 'on-purpose' });
  });

  it('is never acted on unless a rule names it so, whatever the policy', () => {
    fc.assert(
      fc.property(judgeInputs, (input) => {
        const rules = new Map(input.rules.map((rule) => [rule.name, rule]));
        for (const { action, backend, rule } of judge(input)) {
          const names = rules.get(rule ?? '')?.match.application ?? [];
          expect(action === 'keep' || backend.purpose === undefined || names.includes(backend.application)).toBe(true);
        }
      }),
    );
  });
});

describe('a session that the asking user may not end', () => {
  it('is not ended, whoever else may be', () => {
    expect(verdictOn({ mayEnd: false })).toMatchObject({ action: 'keep', code: 'may-not-end' });
    expect(verdictOn({ mayEnd: true })).toMatchObject({ action: 'terminate' });
  });
});

describe('a session for whose locks others wait', () => {
  it('says how many', () => {
    const verdict = verdictOn({ blocks: 3, activity: 'idle-in-transaction-holding-locks' });
    expect(describeVerdict(verdict)).toContain('(rule everyone-else), 3 wait for its locks, ends now');
    expect(verdict.reasons).toContainEqual({
      clause: 'sessions that wait for its locks',
      measured: 3,
      limit: null,
      held: true,
    });
    expect(describeVerdict(verdictOn({ blocks: 0 }))).not.toContain('wait for');
  });
});
