import { functionLogicalId, getAtt, logicalName, ref } from './cloudformation.ts';
import { isScheduled, ruleOf } from './schedules.ts';
import type { StackParts } from './stack-parts.ts';

/** What the command line, and people, look for in a stack; the plugin adds the state machines' ARNs. */
export function outputs({ targets, has }: StackParts) {
  const values = {
    SessionTableName: ref('SessionTable'),
    OwnersTopicArn: ref('OwnersTopic'),
    OperatorsTopicArn: ref('OperatorsTopic'),
    DeadLettersUrl: ref('DeadLetters'),
    ...Object.fromEntries(
      targets.filter(isScheduled).map(({ name }) => [`ScheduleRule${logicalName(name)}`, ref(ruleOf(name))]),
    ),
    ...(has.pool ? { RunQueryFunctionName: ref(functionLogicalId('runQuery')) } : {}),
    ...(has.snooze ? { SnoozeUrl: getAtt('SnoozeSessionLambdaFunctionUrl', 'FunctionUrl') } : {}),
  };
  return Object.fromEntries(Object.entries(values).map(([name, Value]) => [name, { Value }]));
}
