import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NoticeMessage } from '../../src/messaging/notice-channel.ts';
import { createSnsNoticeChannel } from '../../src/messaging/sns-notice-channel.ts';

const digest: NoticeMessage = {
  subject: 'Slotkeeper: 2 idle sessions of bi_reader on analytics end at 15:30 UTC',
  body: 'Übersicht\n\npid 1073, idle 1 h 2 min, rule dashboards\n',
  attributes: { target: 'analytics', owner: 'bi-team@example.com', action: 'warn' },
};

const app = buildApp({ logger: false });
let sns: SNSClient;
let sqs: SQSClient;
let topicArn: string;
let queueUrl: string;

beforeAll(async () => {
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  const options = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  sns = new SNSClient({ ...options, maxAttempts: 1 });
  sqs = new SQSClient({ ...options, useQueueUrlAsEndpoint: false });
  topicArn = (await sns.send(new CreateTopicCommand({ Name: 'owners' }))).TopicArn ?? '';
  queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'owners-inbox' }))).QueueUrl ?? '';
  const queueArn = 'arn:aws:sqs:us-east-1:000000000000:owners-inbox';
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn }));
});
afterAll(async () => {
  sns.destroy();
  sqs.destroy();
  await app.close();
});

async function inbox(): Promise<Record<string, unknown>[]> {
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }));
  return (Messages ?? []).map((message) => JSON.parse(message.Body ?? ''));
}

describe('createSnsNoticeChannel', () => {
  it('reaches the inbox with subject, body and attributes, and proves it by the MessageId', async () => {
    const receipt = await createSnsNoticeChannel({ client: sns, topicArn }).publish(digest);
    expect(receipt).toEqual({ messageId: expect.stringMatching(/^[0-9a-f-]{36}$/), channel: 'sns' });
    expect(await inbox()).toMatchObject([
      {
        MessageId: receipt.messageId,
        TopicArn: topicArn,
        Subject: digest.subject,
        Message: digest.body,
        MessageAttributes: {
          target: { Type: 'String', Value: 'analytics' },
          owner: { Type: 'String', Value: 'bi-team@example.com' },
          action: { Type: 'String', Value: 'warn' },
        },
      },
    ]);
  });

  it.each([
    ['an empty subject', { subject: '' }, /1 to 100 printable ASCII/],
    ['a subject of 101 characters', { subject: 'x'.repeat(101) }, /got 101 characters/],
    ['a subject with an umlaut', { subject: 'Sitzung für dich' }, /printable ASCII/],
    ['a subject of two lines', { subject: 'one\nBcc: two' }, /printable ASCII/],
    ['a subject that begins with a space', { subject: ' one' }, /begin with a space/],
    ['an empty body', { body: '' }, /body/],
    ['an attribute without a value', { attributes: { owner: '' } }, /'owner'/],
    ['a body beyond 256 KB', { body: 'ü'.repeat(128 * 1024) }, /at most 262144 bytes/],
  ])('refuses %s by itself', async (_what, change, message) => {
    const publishing = createSnsNoticeChannel({ client: sns, topicArn }).publish({ ...digest, ...change });
    await expect(publishing).rejects.toMatchObject({ name: 'NoticeRefused', message: expect.stringMatching(message) });
    expect(await inbox()).toEqual([]);
  });

  it('takes a subject of exactly 100 characters', async () => {
    await createSnsNoticeChannel({ client: sns, topicArn }).publish({ ...digest, subject: 'x'.repeat(100) });
    expect(await inbox()).toMatchObject([{ Subject: 'x'.repeat(100) }]);
  });

  it('says NoticeRefused, with what SNS said, when the topic is not there', async () => {
    const gone = createSnsNoticeChannel({ client: sns, topicArn: 'arn:aws:sns:us-east-1:000000000000:gone' });
    await expect(gone.publish(digest)).rejects.toMatchObject({
      name: 'NoticeRefused',
      message: expect.stringContaining('arn:aws:sns:us-east-1:000000000000:gone answered NotFoundException'),
      cause: expect.objectContaining({ name: 'NotFoundException' }),
    });
  });
});
