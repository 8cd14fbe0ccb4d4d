import * as z from 'zod';
import { API_SHAPES } from './api-shapes.ts';
import { arn, identityPolicy, name, resourcePolicy, tags, text, trustPolicy } from './template-values.ts';
import { alarm, dashboard } from './watching-shapes.ts';

const whole = (least: number, most: number) => z.int().min(least).max(most);

/** Days that CloudWatch Logs knows (CloudWatch Logs API, PutRetentionPolicy). */
const RETENTIONS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1_096, 1_827, 2_192, 2_557, 3_653];

const keySchema = z
  .array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
  .min(1)
  .max(2);

const ruleTarget = z.strictObject({
  Id: name(64),
  Arn: arn,
  RoleArn: arn.exactOptional(),
  Input: z.string().max(8_192).exactOptional(),
  RetryPolicy: z.strictObject({
    MaximumEventAgeInSeconds: whole(60, 86_400),
    MaximumRetryAttempts: whole(0, 185),
  }),
  DeadLetterConfig: z.strictObject({ Arn: arn }),
});

/** Characters without white space (IAM guide, "IAM and STS quotas"); what is computed counts as what computes it. */
const fits = (most: number) => (value: unknown) => JSON.stringify(value).replace(/\s/g, '').length <= most;

const rate = /^rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)$/;

/**
 * Properties of each type that the stack has, with what is required, what a value may be, and nothing else: a property
 * that is misspelt is one that is not known. After the pages of each type in the CloudFormation template reference.
 * What is optional there and a promise of this stack (a retry policy, a log's retention) is required here.
 */
export const SHAPES: Readonly<Record<string, z.ZodType>> = {
  ...API_SHAPES,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::Dashboard': dashboard,
  'AWS::DynamoDB::Table': z.strictObject({
    TableName: name(255),
    BillingMode: z.literal('PAY_PER_REQUEST'),
    AttributeDefinitions: z.array(
      z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
    ),
    KeySchema: keySchema,
    GlobalSecondaryIndexes: z.array(
      z.strictObject({
        IndexName: name(255),
        KeySchema: keySchema,
        Projection: z.strictObject({ ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']) }),
      }),
    ),
    TimeToLiveSpecification: z.strictObject({ AttributeName: z.string(), Enabled: z.literal(true) }),
    PointInTimeRecoverySpecification: z.strictObject({ PointInTimeRecoveryEnabled: z.literal(true) }),
    SSESpecification: z.strictObject({ SSEEnabled: z.literal(true) }),
    DeletionProtectionEnabled: z.boolean(),
    Tags: tags.exactOptional(),
  }),
  'AWS::Events::Rule': z
    .strictObject({
      Name: name(64),
      Description: z.string().max(512).exactOptional(),
      State: z.enum(['ENABLED', 'DISABLED']),
      ScheduleExpression: z
        .string()
        .max(256)
        .regex(new RegExp(`${rate.source}|^cron\\(.+\\)$`))
        .exactOptional(),
      EventPattern: z.record(z.string(), z.unknown()).exactOptional(),
      Targets: z.array(ruleTarget).min(1).max(5),
    })
    .refine((rule) => 'ScheduleExpression' in rule !== 'EventPattern' in rule, 'one of a schedule and a pattern'),
  'AWS::IAM::ManagedPolicy': z.strictObject({
    Description: z.string().max(1_000),
    PolicyDocument: identityPolicy.refine(fits(6_144), 'at most 6,144 characters'),
  }),
  'AWS::IAM::Role': z.strictObject({
    RoleName: name(64).exactOptional(),
    AssumeRolePolicyDocument: trustPolicy,
    Policies: z
      .array(z.strictObject({ PolicyName: name(128), PolicyDocument: identityPolicy }))
      .min(1)
      .refine(fits(10_240), 'at most 10,240 characters together'),
    ManagedPolicyArns: z.array(arn).min(1).max(10).exactOptional(),
    Tags: tags.exactOptional(),
  }),
  'AWS::KMS::Alias': z.strictObject({ AliasName: name(256, /^alias\/(?!aws\/)[\w/-]+$/), TargetKeyId: text }),
  'AWS::KMS::Key': z.strictObject({
    Description: z.string().max(8_192),
    EnableKeyRotation: z.literal(true),
    KeyPolicy: resourcePolicy,
    Tags: tags.exactOptional(),
  }),
  'AWS::Lambda::EventInvokeConfig': z.strictObject({
    FunctionName: text,
    Qualifier: z.literal('$LATEST'),
    MaximumEventAgeInSeconds: whole(60, 21_600),
    MaximumRetryAttempts: whole(0, 2),
    DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: arn }) }),
  }),
  'AWS::Lambda::Function': z.strictObject({
    Code: z.strictObject({ S3Bucket: text, S3Key: z.string().endsWith('.zip') }),
    FunctionName: name(64, /^[\w-]+$/),
    Handler: z.string().regex(/^functions\/[a-z-]+\.handler$/),
    Runtime: z.literal('nodejs24.x'),
    Architectures: z.tuple([z.literal('arm64')]),
    MemorySize: whole(128, 10_240),
    Timeout: whole(1, 900),
    Role: arn,
    TracingConfig: z.strictObject({ Mode: z.literal('Active') }),
    Environment: z.strictObject({ Variables: z.record(z.string().regex(/^[A-Za-z]\w+$/), text) }),
    ReservedConcurrentExecutions: z.int().min(0).exactOptional(),
    VpcConfig: z
      .strictObject({ SubnetIds: z.array(text).min(1).max(16), SecurityGroupIds: z.array(text).min(1).max(5) })
      .exactOptional(),
    Tags: tags,
  }),
  'AWS::Lambda::Permission': z.strictObject({
    FunctionName: text,
    Action: z.enum(['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl']),
    Principal: z.string(),
    SourceArn: arn.exactOptional(),
    FunctionUrlAuthType: z.enum(['NONE', 'AWS_IAM']).exactOptional(),
    InvokedViaFunctionUrl: z.literal(true).exactOptional(),
  }),
  'AWS::Lambda::Url': z.strictObject({ AuthType: z.enum(['NONE', 'AWS_IAM']), TargetFunctionArn: arn }),
  'AWS::Logs::LogGroup': z.strictObject({
    LogGroupName: name(512, /^[\w./#-]+$/),
    RetentionInDays: z.literal(RETENTIONS),
    Tags: tags.exactOptional(),
  }),
  'AWS::S3::Bucket': z.strictObject({
    BucketEncryption: z.strictObject({
      ServerSideEncryptionConfiguration: z
        .array(
          z.strictObject({
            ServerSideEncryptionByDefault: z.strictObject({ SSEAlgorithm: z.enum(['AES256', 'aws:kms']) }),
          }),
        )
        .min(1),
    }),
    Tags: tags.exactOptional(),
  }),
  'AWS::S3::BucketPolicy': z.strictObject({ Bucket: text, PolicyDocument: resourcePolicy }),
  'AWS::SNS::Subscription': z.strictObject({
    TopicArn: arn,
    Protocol: z.literal('email'),
    Endpoint: z.string().includes('@'),
    FilterPolicyScope: z.enum(['MessageAttributes', 'MessageBody']).exactOptional(),
    FilterPolicy: z.record(z.string(), z.array(z.string()).min(1)).exactOptional(),
  }),
  'AWS::SNS::Topic': z.strictObject({
    TopicName: name(256, /^[\w-]+$/),
    KmsMasterKeyId: text,
    DisplayName: z.string().max(100).exactOptional(),
    Tags: tags.exactOptional(),
  }),
  'AWS::SNS::TopicPolicy': z.strictObject({ Topics: z.array(text).min(1), PolicyDocument: resourcePolicy }),
  'AWS::SQS::Queue': z.strictObject({
    QueueName: name(80, /^[\w-]+$/),
    MessageRetentionPeriod: whole(60, 1_209_600),
    SqsManagedSseEnabled: z.literal(true),
    Tags: tags.exactOptional(),
  }),
  'AWS::SQS::QueuePolicy': z.strictObject({ Queues: z.array(text).min(1), PolicyDocument: resourcePolicy }),
  'AWS::SecretsManager::Secret': z.strictObject({
    Name: name(512, /^[\w/+=.@-]+$/),
    Description: z.string().max(2_048),
    GenerateSecretString: z.strictObject({ PasswordLength: whole(1, 4_096), ExcludePunctuation: z.boolean() }),
    Tags: tags.exactOptional(),
  }),
  'AWS::StepFunctions::StateMachine': z.strictObject({
    StateMachineName: name(80, /^[\w-]+$/),
    StateMachineType: z.literal('STANDARD'),
    DefinitionString: z.strictObject({ 'Fn::Sub': z.tuple([z.string(), z.record(z.string(), text)]) }),
    RoleArn: arn,
    TracingConfiguration: z.strictObject({ Enabled: z.literal(true) }),
    LoggingConfiguration: z.strictObject({
      Level: z.literal('ERROR'),
      IncludeExecutionData: z.literal(false),
      Destinations: z.array(z.strictObject({ CloudWatchLogsLogGroup: z.strictObject({ LogGroupArn: arn }) })).length(1),
    }),
    Tags: tags,
  }),
};

/** Attributes that `Fn::GetAtt` knows of each type (CloudFormation template reference, "Return values"). */
export const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudWatch::Alarm': ['Arn'],
  'AWS::ApiGatewayV2::Api': ['ApiEndpoint', 'ApiId'],
  'AWS::DynamoDB::Table': ['Arn', 'StreamArn'],
  'AWS::Events::Rule': ['Arn'],
  'AWS::IAM::Role': ['Arn', 'RoleId'],
  'AWS::KMS::Key': ['Arn', 'KeyId'],
  'AWS::Lambda::Function': ['Arn'],
  'AWS::Lambda::Url': ['FunctionArn', 'FunctionUrl'],
  'AWS::Logs::LogGroup': ['Arn'],
  'AWS::S3::Bucket': ['Arn', 'DomainName', 'DualStackDomainName', 'RegionalDomainName', 'WebsiteURL'],
  'AWS::SNS::Subscription': ['Arn'],
  'AWS::SNS::Topic': ['TopicArn', 'TopicName'],
  'AWS::SQS::Queue': ['Arn', 'QueueName', 'QueueUrl'],
  'AWS::SecretsManager::Secret': ['Id'],
  'AWS::StepFunctions::StateMachine': ['Arn', 'Name', 'StateMachineRevisionId'],
};
