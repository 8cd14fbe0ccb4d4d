import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  type EventBridgeClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge';
import type { SNSClient } from '@aws-sdk/client-sns';
import { createSnsSubscriptions } from '../../messaging/sns-subscriptions.ts';
import type { StackServices } from './stack-services.ts';

/** {@link StackServices} on EventBridge and SNS. */
export function createAwsStackServices(clients: {
  readonly events: EventBridgeClient;
  readonly sns: SNSClient;
  readonly now: () => Date;
}): StackServices {
  const { events, sns, now } = clients;
  return {
    async readRule(Name) {
      try {
        const rule = await events.send(new DescribeRuleCommand({ Name }));
        return { expression: rule.ScheduleExpression ?? null, enabled: rule.State !== 'DISABLED' };
      } catch (error) {
        if (error instanceof ResourceNotFoundException) {
          return null;
        }
        throw error;
      }
    },

    async switchRule(Name, enabled) {
      await events.send(enabled ? new EnableRuleCommand({ Name }) : new DisableRuleCommand({ Name }));
    },

    subscriptionsOf: async (topicArn) => await createSnsSubscriptions(sns, topicArn, () => now().getTime())(() => true),
  };
}
