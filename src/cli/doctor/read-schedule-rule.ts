import { DescribeRuleCommand, ListTargetsByRuleCommand, ResourceNotFoundException } from '@aws-sdk/client-eventbridge';
import type { ScheduleRule } from '../../doctor/deployment/judge-schedule.ts';
import type { DoctorClients } from './doctor-clients.ts';

/** The rule that starts runs; null: there is none of that name. */
export async function readScheduleRule(
  { events }: DoctorClients,
  { ruleName, stateMachineArn, target }: { ruleName: string; stateMachineArn: string; target: string },
): Promise<ScheduleRule | null> {
  try {
    const rule = await events.send(new DescribeRuleCommand({ Name: ruleName }));
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: ruleName }));
    return {
      name: ruleName,
      expression: rule.ScheduleExpression ?? null,
      enabled: rule.State !== 'DISABLED',
      startsRuns: (Targets ?? []).some(({ Arn, Input }) => Arn === stateMachineArn && targetOf(Input) === target),
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return null;
    }
    throw error;
  }
}

function targetOf(input: string | undefined): unknown {
  const value: unknown = input === undefined ? null : JSON.parse(input);
  return typeof value === 'object' && value !== null && 'target' in value ? value.target : undefined;
}
