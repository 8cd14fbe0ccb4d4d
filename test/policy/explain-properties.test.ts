import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientId, clientOf } from '../../src/policy/client.ts';
import { explainMember } from '../../src/policy/explain-member.ts';
import { explainVerdict } from '../../src/policy/explain-verdict.ts';
import type { Explanation } from '../../src/policy/explanation.ts';
import { type JudgeInput, judge } from '../../src/policy/judge.ts';
import { makePlan } from '../../src/policy/make-plan.ts';
import { matchesRule } from '../../src/policy/matches-rule.ts';
import type { Action, Verdict } from '../../src/policy/verdict.ts';
import { judgeInputs } from './judge-inputs.ts';
import { pressedInputs } from './pressed-inputs.ts';

const caps = { maxTerminations: 3, maxShare: 0.5 };

function explained(input: JudgeInput): readonly { verdict: Verdict; explanation: Explanation }[] {
  const verdicts = judge(input);
  const plan = makePlan(input.snapshot, verdicts);
  return verdicts.map((verdict) => ({ verdict, explanation: explainVerdict(verdict, { ...input, caps, plan }) }));
}

/** Which thresholds apply, or whether ends are bounded: they decide nothing by themselves. */
const CONTEXT = ['free slots < slots.keepFree', 'step of pressure > 0'];

/** What spares a backend its end, not its owner the warning. */
const HELD_BACK = ["may end others' sessions", 'confidence of the evidence > low'];

/** What the clauses alone come to, read as a truth table. */
function actionOf({ protections, trials, reasons }: Explanation): Action {
  if (protections.some(({ held }) => !held) || !trials.some(({ matched }) => matched)) {
    return 'keep';
  }
  const missing = reasons.filter(({ held }) => !held).map(({ clause }) => clause);
  const deciding = missing.filter((clause) => !CONTEXT.includes(clause));
  if (deciding.length === 0) {
    return 'terminate';
  }
  const rest = deciding.filter((clause) => !HELD_BACK.includes(clause));
  return ['receipt in this idle spell', 'receipt announced an end'].includes(rest.join()) ? 'warn' : 'keep';
}

const inputs = fc
  .tuple(fc.oneof(judgeInputs, pressedInputs), fc.constantFrom(true, true, false), fc.constantFrom('', 'Tableau'))
  .map(([input, may, thrashing]) => {
    const canary = { ...input.snapshot.canary, mayEndOthers: may };
    const clients = input.snapshot.backends.map(clientOf).filter(({ application }) => application === thrashing);
    const until = new Date(input.now.getTime() + 3_600_000).toISOString();
    const holds = new Map(clients.map((client) => [clientId(client), { client, reconnects: 4, limit: 3, until }]));
    return { ...input, holds, snapshot: { ...input.snapshot, canary } };
  });

function check(property: (input: JudgeInput) => void): void {
  fc.assert(fc.property(inputs, property), { numRuns: 2000 });
}

/** Codes of the protections that depend on the rule, which is therefore looked for. */
const ASKED: readonly string[] = ['superuser', 'on-purpose'];
const PROTECTED: readonly string[] = ['own', 'system', 'leased', 'pool-unclear', 'running', 'unknown', ...ASKED];

describe('every explanation', () => {
  it('comes to the verdict by its clauses alone', () => {
    check((input) => {
      for (const { verdict, explanation } of explained(input)) {
        expect(actionOf(explanation)).toBe(verdict.action);
        expect(explanation.reasons).toEqual(verdict.reasons);
      }
    });
  });

  it('gives as the reason of a protection exactly the first clause that does not hold, and then asks no rule', () => {
    check((input) => {
      for (const { verdict, explanation } of explained(input)) {
        const [first, ...others] = explanation.protections.filter(({ held }) => !held);
        expect(others).toEqual([]);
        if (first === undefined) {
          expect(PROTECTED).not.toContain(verdict.code);
        } else {
          expect(verdict).toMatchObject({ action: 'keep', rule: null, reasons: [first] });
          expect(explanation.protections.at(-1)).toEqual(first);
          expect(explanation.trials.length === 0).toBe(!ASKED.includes(verdict.code) || input.rules.length === 0);
        }
      }
    });
  });

  it('tries the rules in order up to the one that decides, each before it failing by a clause', () => {
    check((input) => {
      for (const { verdict, explanation } of explained(input)) {
        const { trials, untried } = explanation;
        expect(trials.map(({ rule }) => rule)).toEqual(input.rules.slice(0, trials.length));
        expect(trials.length + untried).toBe(input.rules.length);
        for (const [index, { matched, clauses, rule }] of trials.entries()) {
          expect(clauses.every(({ held }) => held)).toBe(matched);
          expect(matchesRule(rule.match, verdict.backend, verdict.standing)).toBe(matched);
          expect(matched && index < trials.length - 1).toBe(false);
        }
        if (verdict.rule !== null) {
          expect(trials.at(-1)).toMatchObject({ matched: true, rule: { name: verdict.rule } });
        } else if (verdict.code === 'no-rule') {
          expect({ untried, matched: trials.some(({ matched }) => matched) }).toEqual({ untried: 0, matched: false });
        }
      }
    });
  });

  it('is the same from the stored plan, as far as a plan stores it', () => {
    let members = 0;
    check((input) => {
      const live = new Map(
        explained(input).map(({ verdict, explanation }) => [verdict.backend.identity.pid, explanation]),
      );
      const plan = { ...makePlan(input.snapshot, judge(input)), policy: { rules: input.rules, caps } };
      for (const member of plan.members) {
        members += 1;
        const { protections, ...stored } = explainMember(member, plan);
        expect(protections).toEqual([]);
        expect(live.get(member.identity.pid)).toMatchObject(stored);
      }
    });
    expect(members).toBeGreaterThan(50);
  });
});
