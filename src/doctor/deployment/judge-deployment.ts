import type { Check } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';

export interface DeploymentFacts {
  /** Stages that are deployed in this account and region, by their state machines. */
  readonly stages: readonly string[];
  /** The stage that is asked for; null: none was named. */
  readonly wanted: string | null;
}

/** Whether there is a deployment to look at, and which. */
export function judgeDeployment(fact: Fact<DeploymentFacts>): Check {
  return checkFact(
    {
      name: 'deployment',
      question: 'Is there a state machine that reaps?',
      expected: 'one named slotkeeper-<stage>-reap-redshift-sessions in this account and region',
      source: 'docs/cli.md',
    },
    fact,
    ({ stages, wanted }) => {
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
      return wanted !== null && !stages.includes(wanted)
        ? { verdict: 'problem', found: `no stage ${wanted}; there is ${stages.join(', ')}`, mend: [deploy] }
        : { verdict: 'ok', found: `stage ${wanted ?? stages[0]}` };
    },
  );
}
