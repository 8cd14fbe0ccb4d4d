import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backendKey } from '../../src/lifecycle/backend-key.ts';
import { clientId, clientOf } from '../../src/policy/client.ts';
import { explainMember } from '../../src/policy/explain-member.ts';
import { explainVerdict } from '../../src/policy/explain-verdict.ts';
import type { Explanation } from '../../src/policy/explanation.ts';
import { SPENT_CLAUSE, TAKEN_BACK_CLAUSE } from '../../src/policy/honour-tags.ts';
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

type Tag = { readonly keep: number; readonly by: string; readonly back: boolean } | null;

/** Some clients keep their sessions by a tag, of which some are on record as granted, and some of those as taken back. */
function withTags(input: JudgeInput, tags: readonly Tag[], used: number): JudgeInput {
  const backends = input.snapshot.backends.map((one, index) => {
    const tag = tags[index] ?? null;
    return tag === null ? one : { ...one, application: `${one.application} keep=${tag.keep}s` };
  });
  const records = input.records.map((record) => {
    const index = backends.findIndex(({ identity }) => identity.pid === record.identity.pid);
    const tag = tags[index] ?? null;
    const snooze = {
      by: tag?.by === 'sql' ? `sql:${record.identity.user}` : 'link:x',
      at: record.updatedAt,
      until: record.updatedAt,
      seconds: 60,
      idleSince: record.lastActiveAt,
      announcedEnd: null,
      ...(tag?.back === true ? { endedBy: 'cli:ann' } : {}),
    };
    return tag === null || index % 2 === 0 ? record : { ...record, snooze };
  });
  const counts = new Map(backends.map(({ identity }) => [backendKey(identity), used]));
  return {
    ...input,
    snapshot: { ...input.snapshot, backends },
    records,
    snoozing: { bounds: { max: 8_000, perOwnerPerDay: 2 }, used: counts },
  };
}

/** The clauses by which each code keeps: one of them does not hold. */
const CLAUSES_OF: Readonly<Record<string, readonly string[]>> = {
  'no-rule': ['a rule matches'],
  exempt: ['rule ends backends'],
  snoozed: ['not snoozed', 'idle >= keep of application_name'],
  'below-warning': ['idle >= warnAfter', 'idle >= terminateAfter'],
  'below-termination': ['idle >= terminateAfter'],
  'warn-only': ['idle >= terminateAfter'],
  'warned-waiting': ['receipt age >= grace', 'announced end is over'],
  'may-not-end': ["may end others' sessions"],
  'low-confidence': ['confidence of the evidence > low'],
  thrashing: ['ends after which its client was back < thrash.reconnects'],
  'not-needed': ['rank <= ends needed', 'ends are needed, or the rule has warnAfter'],
};

const inputs = fc
  .tuple(
    fc.oneof(judgeInputs, pressedInputs),
    fc.constantFrom(true, true, false),
    fc.constantFrom('', 'Tableau'),
    fc.array(
      fc.option(
        fc.record({
          keep: fc.integer({ min: 1_000, max: 9_000 }),
          by: fc.constantFrom('link:x', 'sql', 'sql'),
          back: fc.boolean(),
        }),
      ),
      {
        minLength: 14,
        maxLength: 14,
      },
    ),
    fc.nat(2),
  )
  .map(([plain, may, thrashing, tags, used]) => {
    const input = used === 2 ? plain : withTags(plain, tags, used);
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

  it('keeps by a code whose clause does not hold, and by every code there is', () => {
    const met = new Set<string>();
    check((input) => {
      for (const { code, action, reasons, owner } of judge(input)) {
        met.add(code);
        if (action === 'keep' && !PROTECTED.includes(code)) {
          const missing = reasons.filter(({ held }) => !held).map(({ clause }) => clause);
          expect(CLAUSES_OF[code]?.filter((clause) => missing.includes(clause))).not.toEqual([]);
          expect(owner === null).toBe(code === 'no-rule');
        }
      }
    });
    expect([...Object.keys(CLAUSES_OF), ...PROTECTED].filter((code) => !met.has(code))).toEqual([]);
  });

  it('tells of a tag that is not honoured why, and never of one that is', () => {
    const met = { spent: 0, back: 0, honoured: 0 };
    check((input) => {
      for (const { code, reasons } of judge(input)) {
        const clauses = reasons.map(({ clause }) => clause);
        const spent = reasons.find(({ clause }) => clause === SPENT_CLAUSE);
        const keeps = clauses.includes('idle >= keep of application_name');
        met.honoured += keeps ? 1 : 0;
        met.spent += spent?.held === true ? 1 : 0;
        met.back += clauses.includes(TAKEN_BACK_CLAUSE) ? 1 : 0;
        expect(keeps).toBe(code === 'snoozed' && !clauses.includes('not snoozed'));
        expect(keeps && (spent?.held === true || clauses.includes(TAKEN_BACK_CLAUSE))).toBe(false);
      }
    });
    expect(Object.entries(met).filter(([, count]) => count < 3)).toEqual([]);
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
