import { ACCOUNT, arn, getAtt, type Resources, ref, sub } from './cloudformation.ts';
import { allow, type PolicyStatement } from './policy-statement.ts';
import type { StackNames } from './stack-names.ts';

/** The longest that SQS keeps a message (SQS API reference, MessageRetentionPeriod): two weeks. */
const RETENTION_SECONDS = 14 * 86_400;

/** The queue of what could not be delivered: starts of runs that failed, and events that a function failed to handle. */
export function deadLetters({ prefix }: StackNames): Resources {
  return {
    DeadLetters: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: `${prefix}-dead-letters`,
        MessageRetentionPeriod: RETENTION_SECONDS,
        SqsManagedSseEnabled: true,
      },
    },
    DeadLettersPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [ref('DeadLetters')],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'RulesOfThisStage',
              Principal: { Service: 'events.amazonaws.com' },
              // All rules of the stage by the beginning of their names: a target more is no other policy.
              ...allow(['sqs:SendMessage'], getAtt('DeadLetters', 'Arn'), {
                StringEquals: { 'aws:SourceAccount': sub(ACCOUNT) },
                ArnLike: { 'aws:SourceArn': arn('events', `rule/${prefix}-*`) },
              }),
            },
          ],
        },
      },
    },
  };
}

/** What Lambda needs to put a failed event there. */
export const deadLetterStatements = (): PolicyStatement[] => [allow(['sqs:SendMessage'], getAtt('DeadLetters', 'Arn'))];
