import { functionLogicalId, getAtt, type Resources, ref } from './cloudformation.ts';
import type { StackNames } from './stack-names.ts';

/** What calls the functions that look after tenants' sessions: the ends of their statements, and a clock. */
export function poolEvents({ prefix }: StackNames): Resources {
  return {
    ...ruleFor('EndedStatements', 'releaseSession', {
      Name: `${prefix}-ended-statements`,
      Description: 'Gives the session of an ended statement back to the pool.',
      EventPattern: {
        source: ['aws.redshift-data'],
        'detail-type': ['Redshift Data Statement Status Change'],
        // Statements of a pool carry this name (src/pool/statement-name.ts).
        detail: { statementName: [{ prefix: 'slotkeeper/' }] },
      },
    }),
    ...ruleFor('SweepOfPools', 'sweepPools', {
      Name: `${prefix}-sweep-pools`,
      Description: "Looks after the pool's sessions whose holders died.",
      ScheduleExpression: 'rate(5 minutes)',
    }),
  };
}

function ruleFor(id: string, key: string, rule: Readonly<Record<string, unknown>>): Resources {
  const target = getAtt(functionLogicalId(key), 'Arn');
  return {
    [id]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ...rule,
        State: 'ENABLED',
        Targets: [
          {
            Id: key,
            Arn: target,
            // An hour: by then the sweep has found what an event would have told.
            RetryPolicy: { MaximumEventAgeInSeconds: 3_600, MaximumRetryAttempts: 10 },
            DeadLetterConfig: { Arn: getAtt('DeadLetters', 'Arn') },
          },
        ],
      },
    },
    [`${id}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: ref(functionLogicalId(key)),
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: getAtt(id, 'Arn'),
      },
    },
  };
}
