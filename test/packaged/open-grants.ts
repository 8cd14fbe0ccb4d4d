import { grantsOf } from './grants.ts';
import { resourcesOf, type Template } from './template.ts';

/**
 * The actions that stand on `*`, each with the reason why no name can stand there. The Service Authorization Reference
 * lists the resource types that each action can be limited to; "none" is its word for an action that has none.
 */
export const OPEN: Readonly<Record<string, string>> = {
  'ec2:AssignPrivateIpAddresses': 'of network interfaces that have no names before Lambda makes them',
  'ec2:CreateNetworkInterface': 'of network interfaces that have no names before Lambda makes them',
  'ec2:DeleteNetworkInterface': 'of network interfaces that have no names before Lambda makes them',
  'ec2:DescribeNetworkInterfaces': 'none',
  'ec2:DescribeSubnets': 'none',
  'ec2:UnassignPrivateIpAddresses': 'of network interfaces that have no names before Lambda makes them',
  'logs:CreateLogDelivery': 'none',
  'logs:DeleteLogDelivery': 'none',
  'logs:DescribeLogGroups': 'asked by Step Functions about all groups',
  'logs:DescribeResourcePolicies': 'none',
  'logs:GetLogDelivery': 'none',
  'logs:ListLogDeliveries': 'none',
  'logs:PutResourcePolicy': 'none',
  'logs:UpdateLogDelivery': 'none',
  'redshift-data:CancelStatement': 'names a statement, which has no ARN',
  'redshift-data:DescribeStatement': 'names a statement, which has no ARN',
  'redshift-data:GetStatementResult': 'names a statement, which has no ARN',
  'redshift-data:ListSessions': 'names a session, which has no ARN',
  'redshift-data:ListStatements': 'lists the own statements, which have no ARN',
  'sns:GetSubscriptionAttributes': 'a subscription is no resource of IAM',
  'xray:GetSamplingRules': 'none',
  'xray:GetSamplingTargets': 'none',
  'xray:PutTelemetryRecords': 'none',
  'xray:PutTraceSegments': 'none',
};

/** Grants on `*`, and of all actions of a service, that nobody has given a reason for. */
export function openGrantProblems(template: Template): string[] {
  const lines = resourcesOf(template, 'AWS::IAM::Role').flatMap(([role]) =>
    [...grantsOf(template, role, 'service'), ...grantsOf(template, role, { functionArn: 'none' })].map((line) => ({
      role,
      line,
      action: line.split(' ')[0] ?? '',
    })),
  );
  const open = lines.filter(({ line, action }) => / \*( if |$)/.test(line) && OPEN[action] === undefined);
  // `GenerateDataKey*` is the SNS guide's own word.
  const all = lines.filter(({ action }) => action.includes('*') && action !== 'kms:GenerateDataKey*');
  return [
    ...open.map(({ role, line }) => `${role} may ${line} without a reason`),
    ...all.map(({ role, line }) => `${role} may ${line}: a pattern of actions`),
  ];
}
