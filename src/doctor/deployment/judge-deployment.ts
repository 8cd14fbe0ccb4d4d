import type { Check } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';

export interface DeploymentFacts {
  /** Stages that are deployed in this account and region, by their stacks. */
  readonly stages: readonly string[];
  /** The stage that is asked for; null: none was named. */
  readonly wanted: string | null;
  /** Why the stage that is meant cannot be worked with; null: it can. */
  readonly unusable: string | null;
}

/** Whether there is a deployment to look at, and which. */
export function judgeDeployment(fact: Fact<DeploymentFacts>): Check {
  return checkFact(
    {
      name: 'deployment',
      question: 'Is there a deployment, and is it whole?',
      expected: 'a stack named slotkeeper-<stage> in this account and region, with its outputs',
      source: 'docs/cli.md',
    },
    fact,
    ({ stages, wanted, unusable }) => {
      const deploy = { kind: 'cli', line: `npx serverless deploy --stage ${wanted ?? 'dev'}` } as const;
      if (stages.length === 0) {
        return { verdict: 'problem', found: 'none', mend: [deploy] };
      }
      if (wanted === null && stages.length > 1) {
        return {
          verdict: 'cannot-tell',
          found: `several stages: ${stages.join(', ')}; name one`,
          mend: stages.map((stage) => ({ kind: 'cli', line: `slotkeeper doctor --stage ${stage}` })),
        };
      }
      if (wanted !== null && !stages.includes(wanted)) {
        return { verdict: 'problem', found: `no stage ${wanted}; there is ${stages.join(', ')}`, mend: [deploy] };
      }
      return unusable !== null
        ? { verdict: 'problem', found: unusable, mend: [deploy] }
        : { verdict: 'ok', found: `stage ${wanted ?? stages[0]}` };
    },
  );
}
