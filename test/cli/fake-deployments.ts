import type { Deployment } from '../../src/cli/deployment/deployment.ts';
import type { Deployments } from '../../src/cli/deployment/deployments.ts';
import { scheduleRuleOutput } from '../../src/deployment/stack-outputs.ts';

/** A stage as its stack tells of it: the targets named have schedules. */
export function fakeDeployment(stage: string, targets: readonly string[] = [], status = 'UPDATE_COMPLETE'): Deployment {
  return {
    stage,
    outputs: {
      SessionTableName: `slotkeeper-${stage}-sessions`,
      OwnersTopicArn: `arn:topic:${stage}-owners`,
      OperatorsTopicArn: `arn:topic:${stage}-operators`,
      ReapRedshiftSessionsArn: `arn:machine:${stage}`,
      ...Object.fromEntries(targets.map((name) => [scheduleRuleOutput(name), `slotkeeper-${stage}-${name}-schedule`])),
    },
    stack: { name: `slotkeeper-${stage}`, status, reason: null, changedAt: '2026-11-19T09:00:00.000Z' },
  };
}

/** An account with these stages. */
export function fakeDeployments(...stages: readonly (string | Deployment)[]): Deployments {
  const all = stages.map((stage) => (typeof stage === 'string' ? fakeDeployment(stage) : stage));
  return {
    region: async () => 'eu-west-1',
    find: async (stage) => all.find((one) => one.stage === stage) ?? null,
    list: async () => all,
  };
}
