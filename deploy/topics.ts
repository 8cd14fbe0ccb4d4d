import { createHash } from 'node:crypto';
import type { MailSubscriptions } from '../src/config/mail-subscriptions.ts';
import { ACCOUNT, arn, getAtt, type Resources, ref, sub } from './cloudformation.ts';
import { allow } from './policy-statement.ts';
import type { StackNames } from './stack-names.ts';

const CLOUDWATCH = { Principal: { Service: 'cloudwatch.amazonaws.com' } };

/**
 * The topics of owners and operators, their key, and the mail subscriptions of `slotkeeper.yml`. The key is the stack's
 * own, since alarms cannot publish to a topic that SNS's own key encrypts: its policy, which nobody can change, does not
 * know CloudWatch (SNS guide, "Key management", compatibility with AWS services).
 */
export function topics(names: StackNames, subscriptions: MailSubscriptions): Resources {
  return {
    TopicKey: topicKey(names),
    TopicKeyAlias: {
      Type: 'AWS::KMS::Alias',
      Properties: { AliasName: `alias/${names.prefix}-topics`, TargetKeyId: ref('TopicKey') },
    },
    OwnersTopic: topic(`${names.prefix}-owners`),
    OperatorsTopic: topic(`${names.prefix}-operators`),
    OperatorsTopicPolicy: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [ref('OperatorsTopic')],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Sid: 'Alarms', ...CLOUDWATCH, ...allow(['sns:Publish'], ref('OperatorsTopic'), ofAlarms(names)) },
          ],
        },
      },
    },
    ...Object.fromEntries(
      ownersByMail(subscriptions).map(([email, owners]) => [
        `OwnersMail${digest(email)}`,
        // The attribute that every notice carries (docs/notices.md).
        subscription('OwnersTopic', email, {
          FilterPolicyScope: 'MessageAttributes',
          FilterPolicy: { owner: owners },
        }),
      ]),
    ),
    ...Object.fromEntries(
      subscriptions.operators.map((email) => [
        `OperatorsMail${digest(email)}`,
        subscription('OperatorsTopic', email, {}),
      ]),
    ),
  };
}

/** A topic has one subscription per address (SNS API reference, Subscribe), which then takes the notices of several owners. */
function ownersByMail({ owners }: MailSubscriptions): [string, string[]][] {
  const byMail = new Map<string, string[]>();
  for (const { owner, email } of owners) {
    byMail.set(email, [...(byMail.get(email) ?? []), owner]);
  }
  return [...byMail];
}

function topicKey(names: StackNames): Resources[string] {
  const administer = {
    Sid: 'Account',
    Principal: { AWS: sub(`arn:\${AWS::Partition}:iam::${ACCOUNT}:root`) },
    // `*` of a key policy is the key itself. Without this statement IAM policies would not count, and nobody could
    // ever change the key (KMS guide, "Default key policy").
    ...allow(['kms:*'], '*'),
  };
  return {
    Type: 'AWS::KMS::Key',
    Properties: {
      Description: `Encrypts the topics of ${names.prefix}`,
      EnableKeyRotation: true,
      KeyPolicy: {
        Version: '2012-10-17',
        Statement: [
          administer,
          { Sid: 'Alarms', ...CLOUDWATCH, ...allow(['kms:Decrypt', 'kms:GenerateDataKey*'], '*', ofAlarms(names)) },
        ],
      },
    },
  };
}

/** Only alarms of this stage, so that CloudWatch does it for nobody else. */
const ofAlarms = ({ prefix }: StackNames) => ({
  StringEquals: { 'aws:SourceAccount': sub(ACCOUNT) },
  ArnLike: { 'aws:SourceArn': arn('cloudwatch', `alarm:${prefix}-*`) },
});

const topic = (TopicName: string): Resources[string] => ({
  Type: 'AWS::SNS::Topic',
  Properties: { TopicName, KmsMasterKeyId: getAtt('TopicKey', 'Arn') },
});

const subscription = (to: string, Endpoint: string, filter: Record<string, unknown>): Resources[string] => ({
  Type: 'AWS::SNS::Subscription',
  Properties: { TopicArn: ref(to), Protocol: 'email', Endpoint, ...filter },
});

/** An address that stays in the file keeps its subscription, and its confirmation, whatever comes before it: the id is its own. */
function digest(email: string): string {
  return createHash('sha256').update(email).digest('hex').slice(0, 12);
}
