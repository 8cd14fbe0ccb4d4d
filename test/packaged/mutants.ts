import type { Template } from './template.ts';

type Json = { [key: string]: Json } & Json[];

/** A template with one thing broken, and what the suite must say of it. */
export interface Mutant {
  readonly name: string;
  /** Works on a copy of its own. */
  readonly mutate: (resources: Json) => void;
  readonly says: string;
}

/** The properties of a resource. */
const of = (resources: Json, id: string): Json => (resources[id] as Json)['Properties'] as Json;

/** The first statement of a role that has the action. */
function statement(resources: Json, role: string, action: string): Json {
  const policies = of(resources, role)['Policies'] as Json;
  const statements = policies.flatMap((policy) => (policy['PolicyDocument'] as Json)['Statement'] as Json);
  const found = statements.find((one) => JSON.stringify(one['Action']).includes(`"${action}"`));
  if (found === undefined) {
    throw new Error(`Expected ${role} to have a statement on ${action}.`);
  }
  return found;
}

const set = (object: Json, values: object): void => void Object.assign(object, values);
const add = (object: Json, member: string, value: string | object): void =>
  set(object, { [member]: [object[member] ?? []].flat().concat(value as unknown as Json) });
const drop = (object: Json, member: string): void => void delete object[member];
const without = (statementOf: Json, action: string): void =>
  set(statementOf, { Action: (statementOf['Action'] as unknown as string[]).filter((one) => one !== action) });
const variables = (resources: Json, id: string): Json =>
  (of(resources, id)['Environment'] as Json)['Variables'] as Json;

const mutant = (name: string, says: string, mutate: Mutant['mutate']): Mutant => ({ name, says, mutate });

/** Of the template with all three engines. */
export const MUTANTS: readonly Mutant[] = [
  mutant('a grant is dropped', 'slotkeeper-dev-beginRun may not dynamodb:Query SessionTable.Arn (BeginRunRole)', (r) =>
    without(statement(r, 'BeginRunRole', 'dynamodb:Query'), 'dynamodb:Query'),
  ),
  mutant('a statement is dropped', 'slotkeeper-dev-submitSessionQuery may not redshift-data:ExecuteStatement', (r) =>
    set(statement(r, 'ReaperRole', 'redshift-data:ExecuteStatement'), { Effect: 'Deny' }),
  ),
  mutant('an action is added', 'nobody needs dynamodb:DeleteItem SessionTable.Arn (RecordNoticeRole)', (r) =>
    add(statement(r, 'RecordNoticeRole', 'dynamodb:PutItem'), 'Action', 'dynamodb:DeleteItem'),
  ),
  mutant('other items are opened', 'nobody needs keys SessionTable.Arn TENANT#* (BeginRunRole)', (r) =>
    add(
      (statement(r, 'BeginRunRole', 'dynamodb:PutItem')['Condition'] as Json)['ForAllValues:StringLike'] as Json,
      'dynamodb:LeadingKeys',
      'TENANT#*',
    ),
  ),
  mutant('a name becomes a star', 'PublishNoticeRole may sns:Publish * without a reason', (r) =>
    set(statement(r, 'PublishNoticeRole', 'sns:Publish'), { Resource: '*' }),
  ),
  mutant('all actions are granted', 'FinishRunRole may dynamodb:* SessionTable.Arn: a pattern of actions', (r) =>
    add(statement(r, 'FinishRunRole', 'dynamodb:PutItem'), 'Action', 'dynamodb:*'),
  ),
  mutant('any function of a shared role may publish', 'slotkeeper-dev-submitTermination may sns:Publish', (r) =>
    drop(statement(r, 'ReaperRole', 'sns:Publish')['Condition'] as Json, 'ArnEquals'),
  ),
  mutant('functions may invoke functions', 'slotkeeper-dev-planActions may lambda:InvokeFunction', (r) =>
    drop(statement(r, 'ReaperRole', 'lambda:InvokeFunction'), 'Condition'),
  ),
  mutant('code may make network interfaces', 'slotkeeper-dev-endPostgresSessions may ec2:CreateNetworkInterface', (r) =>
    set(of(r, 'EndPostgresSessionsRole'), {
      Policies: JSON.parse(JSON.stringify(of(r, 'EndPostgresSessionsRole')['Policies']).replace('"Deny"', '"Allow"')),
    }),
  ),
  mutant('another tenant is let in', 'nobody needs redshift:GetClusterCredentials', (r) =>
    add(statement(r, 'TenantQueryRole', 'redshift:GetClusterCredentials'), 'Resource', 'arn:aws:redshift:::dbuser:x/y'),
  ),
  mutant('the wrong service may be a role', 'BeginRunRole is for states; lambda acts in it', (r) =>
    set(of(r, 'BeginRunRole'), {
      AssumeRolePolicyDocument: of(r, 'ReapPostgresSessionsRole')['AssumeRolePolicyDocument'],
    }),
  ),
  mutant('a property is misspelt', 'TopicKey (AWS::KMS::Key) : Unrecognized key: "EnableKeyRotations"', (r) =>
    set(of(r, 'TopicKey'), { EnableKeyRotations: true }),
  ),
  mutant('a required property is missing', 'ScheduleAnalytics (AWS::Events::Rule) Targets/0/RetryPolicy', (r) =>
    drop((of(r, 'ScheduleAnalytics')['Targets'] as Json)[0] as Json, 'RetryPolicy'),
  ),
  mutant('a value is not allowed', 'BeginRunLogGroup (AWS::Logs::LogGroup) RetentionInDays', (r) =>
    set(of(r, 'BeginRunLogGroup'), { RetentionInDays: 29 }),
  ),
  mutant('a rate is one that EventBridge refuses', 'ScheduleAnalytics (AWS::Events::Rule) ScheduleExpression', (r) =>
    set(of(r, 'ScheduleAnalytics'), { ScheduleExpression: 'rate(1 minutes)' }),
  ),
  mutant('a runtime is another', 'BeginRunLambdaFunction (AWS::Lambda::Function) Runtime', (r) =>
    set(of(r, 'BeginRunLambdaFunction'), { Runtime: 'nodejs22.x' }),
  ),
  mutant(
    'a condition operator is misspelt',
    'ReapPostgresSessionsRole (AWS::IAM::Role) AssumeRolePolicyDocument',
    (r) =>
      set(((of(r, 'ReapPostgresSessionsRole')['AssumeRolePolicyDocument'] as Json)['Statement'] as Json)[0] as Json, {
        Condition: { StringEqual: {} },
      }),
  ),
  mutant('an attribute is none of its type', 'asks for ReaperRole.ARN; a AWS::IAM::Role has Arn, RoleId', (r) =>
    set(of(r, 'PlanActionsLambdaFunction'), { Role: { 'Fn::GetAtt': ['ReaperRole', 'ARN'] } }),
  ),
  mutant('a reference leads to nothing', 'refers to SessionsTable, which is not there', (r) =>
    set(variables(r, 'BeginRunLambdaFunction'), { SLOTKEEPER_TABLE: { Ref: 'SessionsTable' } }),
  ),
  mutant('a substitution leads to nothing', 'refers to SessionTabel, which is not there', (r) =>
    set(statement(r, 'SnoozeSessionRole', 'dynamodb:PutItem'), { Resource: { 'Fn::Sub': '$' + '{SessionTabel.Arn}' } }),
  ),
  mutant('a dependency leads to nothing', 'DeadLetters (AWS::SQS::Queue) depends on Gone, which is not there', (r) =>
    set(r['DeadLetters'] as Json, { DependsOn: 'Gone' }),
  ),
  mutant('there is a circle', 'circle: TopicKey → OperatorsTopic → TopicKey', (r) =>
    set(r['TopicKey'] as Json, { DependsOn: ['OperatorsTopic'] }),
  ),
  mutant('a state is changed', 'ReapRedshiftSessions is not its file', (r) => {
    const definition = of(r, 'ReapRedshiftSessions')['DefinitionString'] as Json;
    const [text, own] = definition['Fn::Sub'] as unknown as [string, Json];
    set(definition, { 'Fn::Sub': [text.replace('"TimeoutSeconds": 900', '"TimeoutSeconds": 901'), own] });
  }),
  mutant('a state invokes another function', 'ReapPostgresSessions is not its file', (r) => {
    const [, own] = (of(r, 'ReapPostgresSessions')['DefinitionString'] as Json)['Fn::Sub'] as unknown as [string, Json];
    const [first = '', second = ''] = Object.keys(own);
    set(own, { [first]: own[second] });
  }),
  mutant('a variable is not set', 'BeginRunLambdaFunction reads SLOTKEEPER_TABLE, which is not set', (r) =>
    drop(variables(r, 'BeginRunLambdaFunction'), 'SLOTKEEPER_TABLE'),
  ),
  mutant(
    'a variable is there that nobody reads',
    'BeginRunLambdaFunction has SLOTKEEPER_DEBUG, which it does not read',
    (r) => set(variables(r, 'BeginRunLambdaFunction'), { SLOTKEEPER_DEBUG: '1' }),
  ),
  mutant('a variable is another', 'PublishNoticeLambdaFunction: SLOTKEEPER_OWNERS_TOPIC_ARN is OperatorsTopic', (r) =>
    set(variables(r, 'PublishNoticeLambdaFunction'), { SLOTKEEPER_OWNERS_TOPIC_ARN: { Ref: 'OperatorsTopic' } }),
  ),
  mutant('a function has no log group', 'FailRunLambdaFunction has no log group that is there before it', (r) =>
    drop(r, 'FailRunLogGroup'),
  ),
  mutant('a rule may not call its function', 'EndedStatements may not call ReleaseSessionLambdaFunction', (r) =>
    drop(r, 'EndedStatementsPermission'),
  ),
  mutant('a queue takes nothing', 'ScheduleAnalytics may not use its dead letters', (r) =>
    drop(r, 'DeadLettersPolicy'),
  ),
  mutant('anybody may invoke in any way', 'everybody may lambda:InvokeFunction in any way', (r) =>
    drop(of(r, 'SnoozeSessionLambdaPermissionFn'), 'InvokedViaFunctionUrl'),
  ),
  mutant('the table dies with the stack', 'SessionTable dies with the stack', (r) =>
    drop(r['SessionTable'] as Json, 'UpdateReplacePolicy'),
  ),
  mutant('an alarm watches what nobody writes', 'AnalyticsRunFailedAlarm: nobody writes Slotkeeper RunFails', (r) =>
    set(of(r, 'AnalyticsRunFailedAlarm'), { MetricName: 'RunFails' }),
  ),
  mutant(
    'an alarm watches a series of another shape',
    'AnalyticsRunFailedAlarm: nobody writes Slotkeeper RunFailed',
    (r) => add(of(r, 'AnalyticsRunFailedAlarm'), 'Dimensions', { Name: 'service', Value: 'slotkeeper' }),
  ),
  mutant('a graph draws what nobody writes', 'Dashboard: nobody writes Slotkeeper FreeSlot', (r) => {
    const body = of(r, 'Dashboard')['DashboardBody'] as Json;
    set(body, { 'Fn::Sub': String(body['Fn::Sub']).replaceAll('"FreeSlots"', '"FreeSlot"') });
  }),
  mutant('alarms may not use the key', 'alarms may not publish to OperatorsTopic', (r) =>
    set(of(r, 'TopicKey'), {
      KeyPolicy: JSON.parse(JSON.stringify(of(r, 'TopicKey')['KeyPolicy']).replaceAll('cloudwatch.', 'events.')),
    }),
  ),
  mutant('anybody may call the API', 'QueryApiRoute (AWS::ApiGatewayV2::Route) AuthorizationType', (r) =>
    set(of(r, 'QueryApiRoute'), { AuthorizationType: 'NONE' }),
  ),
  mutant('the API may not call its function', 'QueryApiIntegration may not call QueryOverHttpLambdaFunction', (r) =>
    drop(r, 'QueryApiPermission'),
  ),
  mutant('an alarm tells nobody', 'DeadLettersAlarm (AWS::CloudWatch::Alarm) AlarmActions', (r) =>
    set(of(r, 'DeadLettersAlarm'), { AlarmActions: [] }),
  ),
];

/** The template with a mutant's change. */
export function mutated(template: Template, { mutate }: Mutant): Template {
  const copy = structuredClone(template) as Template & { Resources: Json };
  mutate(copy.Resources);
  return copy;
}
