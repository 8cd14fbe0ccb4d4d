import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  ListSubscriptionsByTopicCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBody } from '../../local/http/read-body.ts';
import { createMessagingServices, type MessagingServices } from '../../local/messaging/messaging-service.ts';
import { snsErrorXml } from '../../local/messaging/sns-publish-fault.ts';
import { createSnsNoticeChannel } from '../../src/messaging/sns-notice-channel.ts';
import { takesMessage } from '../../src/notices/takes-message.ts';
import { createRecordingNoticeChannel } from '../support/recording-notice-channel.ts';
import { type ChannelWorld, noticeChannelContract } from './notice-channel-contract.ts';

const MESSAGE = { subject: 'Slotkeeper', body: 'x', attributes: { owner: 'bi-team@example.com' } };

let messaging: MessagingServices;
let server: Server;
let sns: SNSClient;
const calls: string[] = [];
/** Subscriptions that another account made. */
const foreign = new Set<string>();
let topics = 0;

beforeAll(async () => {
  messaging = await createMessagingServices(() => '127.0.0.1');
  const service = messaging.services.find(({ name }) => name === 'sns');
  server = createServer((request, response) => {
    void (async () => {
      const body = await readBody(request);
      const awsRequest = {
        method: 'POST',
        url: new URL('http://127.0.0.1/'),
        headers: request.headers,
        body,
        raw: request,
      };
      const operation = service?.operationOf(awsRequest) ?? '';
      calls.push(operation);
      if (
        operation === 'GetSubscriptionAttributes' &&
        [...foreign].some((arn) => body.includes(encodeURIComponent(arn)))
      ) {
        const message = 'Not authorized to access this subscription';
        const fault = { status: 403, code: 'AuthorizationError', message };
        response.writeHead(403, { 'content-type': 'text/xml' }).end(snsErrorXml(fault));
        return;
      }
      await service?.handle(awsRequest, operation, response);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  sns = new SNSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  sns.destroy();
  await new Promise((resolve) => server.close(resolve));
  await messaging.stop();
});

/** A topic of its own on the embedded SNS, seen through the adapter of the functions. */
async function snsWorld(): Promise<ChannelWorld & { topicArn: string; advance(ms: number): void }> {
  topics += 1;
  const topicArn = (await sns.send(new CreateTopicCommand({ Name: `owners-${topics}` }))).TopicArn ?? '';
  let now = 0;
  let people = 0;
  return {
    topicArn,
    channel: createSnsNoticeChannel({ client: sns, topicArn, now: () => new Date(now) }),
    advance(ms) {
      now += ms;
    },
    forget() {
      now += 3_600_000;
    },
    async subscribe(filter) {
      people += 1;
      const { SubscriptionArn = '' } = await sns.send(
        new SubscribeCommand({
          TopicArn: topicArn,
          Protocol: 'email',
          Endpoint: `person-${people}@example.com`,
          ReturnSubscriptionArn: true,
          ...(filter === undefined ? {} : { Attributes: { FilterPolicy: JSON.stringify(filter) } }),
        }),
      );
      return {
        async confirm() {
          await sns.send(new ConfirmSubscriptionCommand({ TopicArn: topicArn, Token: SubscriptionArn }));
        },
        async leave() {
          await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
        },
      };
    },
  };
}

/** The channel of the simulated runs, with subscriptions kept by this test. */
async function recordingWorld(): Promise<ChannelWorld> {
  const subscriptions = new Set<{ confirmed: boolean; filter: Record<string, unknown> | undefined }>();
  const channel = createRecordingNoticeChannel();
  channel.reach(({ attributes }) => {
    const confirmed = [...subscriptions].filter((one) => one.confirmed);
    const taking = confirmed.filter(({ filter }) =>
      takesMessage({ policy: filter && JSON.stringify(filter), scope: undefined }, attributes),
    ).length;
    return {
      confirmed: taking,
      pending: subscriptions.size - confirmed.length,
      filtered: confirmed.length - taking,
    };
  });
  return {
    channel,
    forget() {},
    async subscribe(filter) {
      const one = { confirmed: false, filter };
      subscriptions.add(one);
      return {
        async confirm() {
          one.confirmed = true;
        },
        async leave() {
          subscriptions.delete(one);
        },
      };
    },
  };
}

describe('the audience of the SNS channel, on the embedded SNS', () => {
  noticeChannelContract(snsWorld);

  it('is asked for once for many owners, and again soon where nobody is reached', async () => {
    const { channel, subscribe, advance, topicArn } = await snsWorld();
    const own = () => calls.splice(0).filter((call) => call.startsWith('List') || call.startsWith('GetSub'));
    const subscription = await subscribe();
    own();
    await Promise.all(Array.from({ length: 50 }, () => channel.audienceOf(MESSAGE)));
    expect(own()).toEqual(['ListSubscriptionsByTopic']);
    await subscription.confirm();
    advance(2_001);
    expect(await channel.audienceOf(MESSAGE)).toMatchObject({ confirmed: 1 });
    advance(59_000);
    expect(await channel.audienceOf(MESSAGE)).toMatchObject({ confirmed: 1 });
    expect(own()).toEqual(['ListSubscriptionsByTopic', 'GetSubscriptionAttributes']);
    advance(2_000);
    await channel.audienceOf(MESSAGE);
    expect(own()).toEqual(['ListSubscriptionsByTopic', 'GetSubscriptionAttributes']);
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }));
    expect(Subscriptions?.[0]?.SubscriptionArn).toMatch(/^arn:/);
  });

  it('does not count a subscription whose filter another account keeps to itself, and is not put off by it', async () => {
    const { channel, subscribe, topicArn, forget } = await snsWorld();
    await (await subscribe()).confirm();
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }));
    foreign.add(Subscriptions?.[0]?.SubscriptionArn ?? '');
    expect(await channel.audienceOf(MESSAGE)).toEqual({ confirmed: 0, pending: 0, filtered: 1 });
    await (await subscribe()).confirm();
    forget();
    expect(await channel.audienceOf(MESSAGE)).toEqual({ confirmed: 1, pending: 0, filtered: 1 });
  });

  it('hides the ARN of a pending subscription, as SNS does', async () => {
    const { topicArn } = await snsWorld();
    const subscribed = await sns.send(
      new SubscribeCommand({ TopicArn: topicArn, Protocol: 'email', Endpoint: 'somebody@example.com' }),
    );
    expect(subscribed.SubscriptionArn).toBe('pending confirmation');
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }));
    expect(Subscriptions).toMatchObject([
      { SubscriptionArn: 'PendingConfirmation', Protocol: 'email', Endpoint: 'somebody@example.com' },
    ]);
  });

  it('is refused, not taken for nobody, when the topic cannot be asked', async () => {
    const client = new SNSClient({
      endpoint: 'http://127.0.0.1:1',
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    const channel = createSnsNoticeChannel({ client, topicArn: 'arn:aws:sns:us-east-1:000000000000:owners' });
    await expect(channel.audienceOf(MESSAGE)).rejects.toMatchObject({
      name: 'NoticeRefused',
      message: expect.stringContaining('could not be seen'),
    });
    await expect(channel.publish(MESSAGE)).rejects.toMatchObject({ name: 'NoticeRefused', perhapsTaken: true });
    client.destroy();
  });
});

describe('the audience of the recording channel', () => {
  noticeChannelContract(recordingWorld);
});
