import { codeNeeds } from './code-needs.ts';
import { deployedDefinition } from './definition.ts';
import { type Asking, textOf } from './grants.ts';
import { objectsIn, resourcesOf, type Template } from './template.ts';

/** Who acts in a role, and what it needs for it. */
export interface Principal {
  readonly name: string;
  readonly role: string;
  /** Whose service assumes the role. */
  readonly service: 'lambda' | 'states' | 'events';
  readonly asking: Asking;
  readonly needs: ReadonlySet<string>;
}

const LOGS = ['CreateLogStream', 'PutLogEvents'];
const TRACES = ['xray:PutTelemetryRecords *', 'xray:PutTraceSegments *'];

/** What a publisher to an encrypted topic needs of its key, by way of SNS (SNS guide, "Key management"). */
const KEY = ['kms:Decrypt', 'kms:GenerateDataKey*'].map(
  (action) => `${action} TopicKey.Arn if StringEquals kms:ViaService sns.\${AWS::Region}.\${AWS::URLSuffix}`,
);

/** What Lambda does in a function's role to put it into a VPC (AWS page configuration-vpc). */
const NETWORK = [
  'AssignPrivateIpAddresses',
  'CreateNetworkInterface',
  'DeleteNetworkInterface',
  'DescribeNetworkInterfaces',
  'DescribeSubnets',
  'UnassignPrivateIpAddresses',
].map((action) => `ec2:${action} *`);

/** What a logged and traced state machine does of itself (Step Functions guide, "Logging", and AWS page xray-iam). */
const MACHINE = [
  ...[
    'CreateLogDelivery',
    'DeleteLogDelivery',
    'DescribeLogGroups',
    'DescribeResourcePolicies',
    'GetLogDelivery',
    'ListLogDeliveries',
    'PutResourcePolicy',
    'UpdateLogDelivery',
  ].map((action) => `logs:${action} *`),
  'xray:GetSamplingRules *',
  'xray:GetSamplingTargets *',
  ...TRACES,
];

const here = (service: string, rest: string) =>
  `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`;

/** Needs of targets, which depend on slotkeeper.yml: what stands for `targets` and `servers` in the needs of code. */
export type TargetNeeds = (role: string, kind: 'targets' | 'servers') => readonly string[];

/** All who act in a role of the template: the code of functions, Lambda for them, state machines, rules. */
export async function principalsOf(template: Template, targetNeeds: TargetNeeds): Promise<Principal[]> {
  const functions = await Promise.all(
    resourcesOf(template, 'AWS::Lambda::Function').map(async ([id, properties]) => {
      const name = String(properties['FunctionName']);
      const role = roleOf(properties['Role']);
      const needs = [...(await codeNeeds(String(properties['Handler'])))].flatMap((need) => {
        const kind = need.split(' ').find((word) => word === 'targets' || word === 'servers');
        return kind === undefined ? [need] : targetNeeds(role, kind === 'targets' ? 'targets' : 'servers');
      });
      const speaks = needs.some((need) => need.startsWith('sns:Publish '));
      const ofCode = [
        ...needs,
        ...(speaks ? KEY : []),
        ...LOGS.map((action) => `logs:${action} ${here('logs', `log-group:/aws/lambda/${name}:*`)}`),
        ...TRACES,
      ];
      const ofLambda = [
        ...(properties['VpcConfig'] === undefined ? [] : NETWORK),
        ...(sendsFailures(template, id) ? ['sqs:SendMessage DeadLetters.Arn'] : []),
      ];
      return [
        {
          name,
          role,
          service: 'lambda' as const,
          asking: { functionArn: here('lambda', `function:${name}`) },
          needs: new Set(ofCode),
        },
        {
          name: `Lambda for ${name}`,
          role,
          service: 'lambda' as const,
          asking: 'service' as const,
          needs: new Set(ofLambda),
        },
      ];
    }),
  );
  return [...functions.flat(), ...machines(template), ...rules(template)];
}

function sendsFailures(template: Template, id: string): boolean {
  return resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').some(
    ([, { FunctionName, DestinationConfig }]) => textOf(FunctionName) === id && DestinationConfig !== undefined,
  );
}

function machines(template: Template): Principal[] {
  return resourcesOf(template, 'AWS::StepFunctions::StateMachine').map(([id, properties]) => ({
    name: id,
    role: roleOf(properties['RoleArn']),
    service: 'states',
    asking: 'service',
    needs: new Set([...MACHINE, ...[...objectsIn(deployedDefinition(properties))].flatMap(([, s]) => stateNeeds(s))]),
  }));

  function stateNeeds(state: Readonly<Record<string, unknown>>): string[] {
    if (state['Type'] !== 'Task') {
      return [];
    }
    const [, service = '', operation = ''] = /:::(?:aws-sdk:)?(\w+):(\w+)$/.exec(String(state['Resource'])) ?? [];
    if (service === 'lambda') {
      const { FunctionName } = state['Parameters'] as { FunctionName: unknown };
      const [id = ''] = textOf(FunctionName).split('.');
      const name = resourcesOf(template, 'AWS::Lambda::Function').find(([one]) => one === id)?.[1]['FunctionName'];
      return [`lambda:InvokeFunction ${here('lambda', `function:${name}`)}`];
    }
    const prefix = service === 'redshiftdata' ? 'redshift-data' : service;
    return [`${prefix}:${operation.charAt(0).toUpperCase()}${operation.slice(1)} *`];
  }
}

function rules(template: Template): Principal[] {
  return resourcesOf(template, 'AWS::Events::Rule').flatMap(([id, { Targets }]) =>
    (Targets as readonly { Arn: unknown; RoleArn?: unknown }[])
      .filter(({ RoleArn }) => RoleArn !== undefined)
      .map(({ Arn, RoleArn }) => ({
        name: id,
        role: roleOf(RoleArn),
        service: 'events' as const,
        asking: 'service' as const,
        needs: new Set([`states:StartExecution ${textOf(Arn)}`]),
      })),
  );
}

function roleOf(value: unknown): string {
  return textOf(value).split('.')[0] ?? '';
}
