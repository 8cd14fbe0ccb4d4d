import type { Check, Mend } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';

/** The rule of EventBridge that starts runs of a target. */
export interface ScheduleRule {
  readonly name: string;
  readonly expression: string | null;
  readonly enabled: boolean;
  /** Whether it starts this stage's state machine for this target. */
  readonly startsRuns: boolean;
}

export interface ScheduleContext {
  readonly stage: string;
  readonly target: string;
  /** What slotkeeper.yml says; null: run by hand only. */
  readonly schedule: string | null;
  /** The rule as the stack names it; null: it was deployed without one. */
  readonly ruleName: string | null;
}

/**
 * Whether runs are started as slotkeeper.yml says.
 *
 * @param fact null: there is no such rule
 */
export function judgeSchedule(fact: Fact<ScheduleRule | null>, context: ScheduleContext): Check {
  const { stage, target, schedule, ruleName } = context;
  const deploy: Mend = { kind: 'cli', line: `npx serverless deploy --stage ${stage}` };
  return checkFact(
    {
      name: 'schedule',
      question: 'Does a schedule start runs of the target?',
      expected:
        schedule === null
          ? 'none: slotkeeper.yml has no schedule'
          : `${ruleName === null ? 'a rule' : `rule ${ruleName}`}, enabled, ${schedule}`,
      source: 'docs/configuration.md (schedule)',
    },
    fact,
    (rule) => {
      if (rule === null) {
        return schedule === null
          ? { verdict: 'ok', found: 'none, runs are started by hand' }
          : { verdict: 'problem', found: 'none: nothing starts runs', mend: [deploy] };
      }
      const found = `${rule.expression ?? 'no schedule expression'}, ${rule.enabled ? 'enabled' : 'disabled'}`;
      if (schedule === null) {
        const mend: readonly Mend[] = [
          deploy,
          { kind: 'yaml', line: `schedule: ${rule.expression ?? 'rate(10 minutes)'}` },
        ];
        return rule.enabled
          ? { verdict: 'warning', found: `${found}, though slotkeeper.yml has none`, mend }
          : { verdict: 'ok', found };
      }
      if (!rule.enabled) {
        const line = `slotkeeper resume --target ${target} --stage ${stage}`;
        return { verdict: 'problem', found: `${found}: nothing starts runs`, mend: [{ kind: 'cli', line }] };
      }
      if (!rule.startsRuns) {
        return { verdict: 'problem', found: `${found}, but it does not start runs of this target`, mend: [deploy] };
      }
      return rule.expression === schedule
        ? { verdict: 'ok', found }
        : { verdict: 'warning', found: `${found}, not what slotkeeper.yml says`, mend: [deploy] };
    },
  );
}
