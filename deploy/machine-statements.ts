import { arn } from './cloudformation.ts';
import { allow, type PolicyStatement } from './policy-statement.ts';
import type { StackNames } from './stack-names.ts';

/** Nothing that a Lambda function says: its credentials carry this key (Lambda guide, "Using source function ARN"). */
const BY_NO_FUNCTION = { Null: { 'lambda:SourceFunctionArn': 'true' } } as const;

/**
 * What a state machine does by itself: it invokes the functions that its definition names, and tells of itself.
 *
 * @param invoked keys of the functions
 * @param isShared whether functions have the role, too; none of them needs these rights
 */
export function machineStatements(
  names: StackNames,
  invoked: readonly string[],
  { isShared }: { isShared: boolean },
): PolicyStatement[] {
  const only = isShared ? BY_NO_FUNCTION : undefined;
  return [
    allow(
      ['lambda:InvokeFunction'],
      invoked.map((key) => arn('lambda', `function:${names.functionName(key)}`)),
      only,
    ),
    // `*`: log deliveries have no resource names (Step Functions guide, "IAM Policies for logging to CloudWatch Logs").
    allow(
      [
        'logs:CreateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:DescribeLogGroups',
        'logs:DescribeResourcePolicies',
        'logs:GetLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:UpdateLogDelivery',
      ],
      '*',
      only,
    ),
    // `*`: X-Ray takes no resource names. A traced state machine asks for the sampling rules itself (AWS page xray-iam).
    allow(
      ['xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
      '*',
      only,
    ),
  ];
}
