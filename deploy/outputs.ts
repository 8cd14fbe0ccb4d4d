import { STACK_OUTPUTS, scheduleRuleOutput } from '../src/deployment/stack-outputs.ts';
import { functionLogicalId, getAtt, ref } from './cloudformation.ts';
import { queryApiUrl } from './query-api.ts';
import { isScheduled, ruleOf } from './schedules.ts';
import type { StackParts } from './stack-parts.ts';

/** What the command line, and people, look for in a stack; the plugin adds the state machines' ARNs. */
export function outputs({ targets, has, api }: StackParts) {
  const values = {
    [STACK_OUTPUTS.table]: ref('SessionTable'),
    [STACK_OUTPUTS.ownersTopic]: ref('OwnersTopic'),
    [STACK_OUTPUTS.operatorsTopic]: ref('OperatorsTopic'),
    DeadLettersUrl: ref('DeadLetters'),
    ...Object.fromEntries(targets.filter(isScheduled).map(({ name }) => [scheduleRuleOutput(name), ref(ruleOf(name))])),
    ...(has.pool ? { [STACK_OUTPUTS.runQueryFunction]: ref(functionLogicalId('runQuery')) } : {}),
    ...(api === null ? {} : { [STACK_OUTPUTS.queryApiUrl]: queryApiUrl() }),
    ...(has.snooze ? { [STACK_OUTPUTS.snoozeUrl]: getAtt('SnoozeSessionLambdaFunctionUrl', 'FunctionUrl') } : {}),
  };
  return Object.fromEntries(Object.entries(values).map(([name, Value]) => [name, { Value }]));
}
