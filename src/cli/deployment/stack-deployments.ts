import {
  type CloudFormationClient,
  DescribeStacksCommand,
  paginateDescribeStacks,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { STACK_OUTPUTS, stackNameOf, stageOfStack } from '../../deployment/stack-outputs.ts';
import type { Deployment } from './deployment.ts';
import type { Deployments } from './deployments.ts';

/** {@link Deployments} by the stacks of AWS CloudFormation. */
export function createStackDeployments(client: CloudFormationClient): Deployments {
  return {
    region: async () => await client.config.region(),

    async find(stage) {
      try {
        const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackNameOf(stage) }));
        const [stack] = Stacks ?? [];
        return stack === undefined ? null : toDeployment(stack, stage);
      } catch (error) {
        if (isNoSuchStack(error)) {
          return null;
        }
        throw error;
      }
    },

    async list() {
      const found: Deployment[] = [];
      for await (const { Stacks } of paginateDescribeStacks({ client }, {})) {
        for (const stack of Stacks ?? []) {
          const stage = stageOfStack(stack.StackName ?? '');
          const deployment = stage === null ? null : toDeployment(stack, stage);
          if (deployment !== null && isOurs(deployment)) {
            found.push(deployment);
          }
        }
      }
      return found.sort((a, b) => a.stage.localeCompare(b.stage));
    },
  };
}

function toDeployment(stack: Stack, stage: string): Deployment {
  const changed = stack.LastUpdatedTime ?? stack.CreationTime;
  return {
    stage,
    outputs: Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    ),
    stack: {
      name: stack.StackName ?? stackNameOf(stage),
      status: stack.StackStatus ?? 'unknown',
      reason: stack.StackStatusReason ?? null,
      changedAt: changed?.toISOString() ?? null,
    },
  };
}

/**
 * Somebody else's stack may have such a name. One that was never finished has no outputs: it is listed, so that it can
 * be told why it cannot be used.
 */
function isOurs({ outputs }: Deployment): boolean {
  return STACK_OUTPUTS.table in outputs || Object.keys(outputs).length === 0;
}

/** There is no class for it (CloudFormation API reference, DescribeStacks: "an AmazonCloudFormationException"). */
function isNoSuchStack(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message);
}
