import { isDeepStrictEqual } from 'node:util';
import type { Stack } from '../deploy/stack-of.ts';

/**
 * Properties that cannot change in place: a change makes a new resource and deletes the old one (CloudFormation template
 * reference, "Update requires: Replacement").
 */
const REPLACED: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
  'AWS::DynamoDB::Table': ['TableName', 'KeySchema'],
  'AWS::Events::Rule': ['Name'],
  'AWS::IAM::Role': ['RoleName'],
  'AWS::KMS::Alias': ['AliasName'],
  'AWS::Lambda::Permission': ['FunctionName', 'Action', 'Principal', 'SourceArn'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::SNS::Subscription': ['TopicArn', 'Protocol', 'Endpoint'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::SecretsManager::Secret': ['Name'],
};

type Members = Readonly<Record<string, unknown>>;

/**
 * What an update from one stack to another does, a line each: `+` and `-` what is there no more or anew, `~` what
 * changes in place, with the properties' names, `!` what is replaced.
 */
export function stackDifferences(before: Stack, after: Stack): string[] {
  return [
    ...differences('', flat(before.resources.Resources), flat(after.resources.Resources)),
    ...differences('function ', before.functions, after.functions),
    ...differences('machine ', before.stateMachines, after.stateMachines),
    ...differences('output ', before.resources.Outputs, after.resources.Outputs),
    ...(isDeepStrictEqual(before.packaged, after.packaged) ? [] : [`~ packaged ${after.packaged.join(', ')}`]),
  ];
}

/** Resources as one level of members, their type among them. */
function flat(resources: Stack['resources']['Resources']): Record<string, Members> {
  return Object.fromEntries(
    Object.entries(resources).map(([id, { Properties, ...attributes }]) => [id, { ...attributes, ...Properties }]),
  );
}

function differences(kind: string, before: object, after: object): string[] {
  const [old, fresh] = [before as Record<string, Members>, after as Record<string, Members>];
  const ids = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort();
  return ids.flatMap((id) => {
    const [was, is] = [old[id], fresh[id]];
    if (was === undefined || is === undefined) {
      return [`${was === undefined ? '+' : '-'} ${kind}${id}`];
    }
    const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
    const changed = names.filter((name) => !isDeepStrictEqual(was[name], is[name]));
    if (changed.length === 0) {
      return [];
    }
    const replaced = changed.some((name) => name === 'Type' || REPLACED[String(is['Type'])]?.includes(name));
    return [`${replaced ? '!' : '~'} ${kind}${id}: ${changed.join(', ')}`];
  });
}
