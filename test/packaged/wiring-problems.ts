import { textOf } from './grants.ts';
import { invocationProblems } from './invocation-problems.ts';
import { propertiesOf, resourcesOf, type Template } from './template.ts';

interface KeyStatement {
  readonly Principal: { readonly Service?: string };
  readonly Action: readonly string[];
}

/** What should go together and does not: functions and machines with their logs, topics with a key for who
 * publishes, callers with their permissions. */
export function wiringProblems(template: Template): string[] {
  return [
    ...logProblems(template),
    ...topicProblems(template),
    ...tableProblems(template),
    ...invocationProblems(template),
  ];
}

/** A log group for each function and machine, there before it; and none besides. */
function logProblems(template: Template): string[] {
  const groups = new Map(
    resourcesOf(template, 'AWS::Logs::LogGroup').map(([id, { LogGroupName }]) => [String(LogGroupName), id]),
  );
  const problems = resourcesOf(template, 'AWS::Lambda::Function').flatMap(([id, { FunctionName }]) => {
    const group = groups.get(`/aws/lambda/${FunctionName}`);
    groups.delete(`/aws/lambda/${FunctionName}`);
    const before = [template.Resources[id]?.DependsOn ?? []].flat();
    return group !== undefined && before.includes(group) ? [] : [`${id} has no log group that is there before it`];
  });
  for (const [id, properties] of resourcesOf(template, 'AWS::StepFunctions::StateMachine')) {
    const { Destinations } = properties['LoggingConfiguration'] as {
      Destinations: readonly { CloudWatchLogsLogGroup: { LogGroupArn: unknown } }[];
    };
    const logged = Destinations.map(({ CloudWatchLogsLogGroup }) => textOf(CloudWatchLogsLogGroup.LogGroupArn));
    const name = `/aws/vendedlogs/states/${properties['StateMachineName']}`;
    if (logged.join() !== `${groups.get(name)}.Arn`) {
      problems.push(`${id} logs to ${logged.join()}, not to a group ${name}`);
    }
    groups.delete(name);
  }
  for (const [id, properties] of resourcesOf(template, 'AWS::ApiGatewayV2::Stage')) {
    const { DestinationArn } = properties['AccessLogSettings'] as { DestinationArn: unknown };
    const logged = [...groups].find(([, group]) => textOf(DestinationArn) === `${group}.Arn`);
    if (logged === undefined) {
      problems.push(`${id} logs to ${textOf(DestinationArn)}, which is no group of its own`);
    } else {
      groups.delete(logged[0]);
    }
  }
  return [...problems, ...[...groups.keys()].map((name) => `nobody logs to ${name}`)];
}

/** Alarms publish through the key's and the topic's policies, which must both let CloudWatch. */
function topicProblems(template: Template): string[] {
  const alarmed = new Set(
    resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(([, { AlarmActions }]) =>
      (AlarmActions as readonly unknown[]).map(textOf),
    ),
  );
  return resourcesOf(template, 'AWS::SNS::Topic').flatMap(([id, { KmsMasterKeyId }]) => {
    const key = textOf(KmsMasterKeyId).split('.')[0] ?? '';
    if (template.Resources[key]?.Type !== 'AWS::KMS::Key') {
      return [`${id} has no key of the stack: alarms cannot publish to it`];
    }
    const { Statement } = propertiesOf(template, key)['KeyPolicy'] as { Statement: readonly KeyStatement[] };
    const ofAlarms = Statement.filter(({ Principal }) => Principal.Service === 'cloudwatch.amazonaws.com');
    const usable = ['kms:Decrypt', 'kms:GenerateDataKey*'].every((action) =>
      ofAlarms.some(({ Action }) => Action.includes(action)),
    );
    const admitted = resourcesOf(template, 'AWS::SNS::TopicPolicy').some(
      ([, { Topics, PolicyDocument }]) =>
        (Topics as readonly unknown[]).map(textOf).includes(id) &&
        JSON.stringify(PolicyDocument).includes('cloudwatch.amazonaws.com'),
    );
    return alarmed.has(id) && !(usable && admitted) ? [`alarms may not publish to ${id}`] : [];
  });
}

/** The table outlives the stack; what would be lost with anything else can be made again. */
function tableProblems(template: Template): string[] {
  return resourcesOf(template, 'AWS::DynamoDB::Table').flatMap(([id]) => {
    const { DeletionPolicy, UpdateReplacePolicy } = template.Resources[id] ?? {};
    return DeletionPolicy === 'Retain' && UpdateReplacePolicy === 'Retain' ? [] : [`${id} dies with the stack`];
  });
}
