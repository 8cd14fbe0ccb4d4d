import type { ServerResponse } from 'node:http';
import { buildApp } from 'fauxqs';
import { arnOf, REGION } from '../cloud-names.ts';
import { AwsError } from '../http/aws-error.ts';
import type { AwsRequest, AwsService } from '../http/aws-service.ts';
import { targetOperation } from '../http/json-service.ts';
import { JsonUnreadable } from '../http/parse-json.ts';
import { parseJsonObject } from '../http/parse-json-object.ts';
import { type InboxMessage, readInboxMessage } from './inbox-message.ts';
import { showPending } from './show-pending.ts';
import { snsErrorXml, snsPublishFault } from './sns-publish-fault.ts';

const SQS_OPERATIONS = [
  ...['CreateQueue', 'DeleteQueue', 'GetQueueUrl', 'ListQueues', 'GetQueueAttributes', 'SetQueueAttributes'],
  ...['PurgeQueue', 'SendMessage', 'ReceiveMessage', 'DeleteMessage', 'SendMessageBatch', 'DeleteMessageBatch'],
  ...['ChangeMessageVisibility', 'ChangeMessageVisibilityBatch', 'TagQueue', 'UntagQueue', 'ListQueueTags'],
];

const SNS_OPERATIONS = [
  ...['CreateTopic', 'DeleteTopic', 'ListTopics', 'GetTopicAttributes', 'SetTopicAttributes', 'Subscribe'],
  ...['Unsubscribe', 'ConfirmSubscription', 'ListSubscriptions', 'ListSubscriptionsByTopic'],
  ...['GetSubscriptionAttributes', 'SetSubscriptionAttributes', 'Publish', 'PublishBatch', 'TagResource'],
  ...['UntagResource', 'ListTagsForResource'],
];

/** SNS, SQS and `sts:GetCallerIdentity`, all by fauxqs. */
export interface MessagingServices {
  readonly services: readonly AwsService[];
  /** Creates a topic and the queue `<topic>-inbox` that gets everything published to it. */
  createTopicWithInbox(topic: string): Promise<void>;
  /** What reached a topic's inbox and was not received by anyone yet, oldest first. Takes nothing away. */
  inbox(topic: string): Promise<InboxMessage[]>;
  /** Makes the next publishes to any topic fail with `AuthorizationErrorException`, which clients do not retry. */
  failNextPublishes(count: number): void;
  stop(): Promise<void>;
}

/**
 * fauxqs without a port of its own: requests are injected into its application.
 *
 * @param host what stands in queue URLs, e.g. `127.0.0.1:4566`; asked late, because a free port is known late
 */
export async function createMessagingServices(host: () => string): Promise<MessagingServices> {
  const app = buildApp({ logger: false, defaultRegion: REGION });
  await app.ready();
  let failures = 0;

  const call = async (contentType: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/',
      headers: { ...headers, host: host(), 'content-type': contentType },
      payload: body,
    });

  const sqs = async (operation: string, input: object) => {
    const target = { 'x-amz-target': `AmazonSQS.${operation}` };
    return expectSuccess(operation, await call('application/x-amz-json-1.0', JSON.stringify(input), target));
  };
  const sns = async (action: string, input: Record<string, string>) => {
    const form = new URLSearchParams({ Action: action, ...input }).toString();
    return expectSuccess(action, await call('application/x-www-form-urlencoded', form));
  };

  const isPending = async (arn: string): Promise<boolean> => {
    const form = new URLSearchParams({ Action: 'GetSubscriptionAttributes', SubscriptionArn: arn }).toString();
    const { payload } = await call('application/x-www-form-urlencoded', form);
    return /<key>PendingConfirmation<\/key>\s*<value>true<\/value>/.test(payload);
  };

  const forward = (service: string) => async (request: AwsRequest, operation: string, response: ServerResponse) => {
    if (service === 'sqs') {
      refuseNoJson(request.body);
    }
    const fault = operation === 'Publish' ? snsPublishFault(request, () => failures-- > 0) : null;
    failures = Math.max(0, failures);
    if (fault !== null) {
      response.writeHead(fault.status, { 'content-type': 'text/xml' }).end(snsErrorXml(fault));
      return;
    }
    const contentType = request.headers['content-type'] ?? '';
    const answer = await call(contentType, request.body, {
      'x-amz-target': String(request.headers['x-amz-target'] ?? ''),
    });
    const answered = answer.headers['content-type'] ?? 'application/x-amz-json-1.0';
    const queryError = answer.headers['x-amzn-query-error'];
    response.writeHead(answer.statusCode, {
      'content-type': answered,
      ...(queryError === undefined ? {} : { 'x-amzn-query-error': queryError }),
    });
    const form = new URLSearchParams(request.body.toString('utf8'));
    response.end(
      service === 'sns' && answer.statusCode === 200
        ? await showPending(operation, form, answer.payload, isPending)
        : answer.rawPayload,
    );
  };

  return {
    services: [
      {
        name: 'sqs',
        operations: SQS_OPERATIONS,
        operationOf: (request) => targetOperation(request, 'AmazonSQS'),
        handle: forward('sqs'),
      },
      {
        name: 'sns',
        operations: SNS_OPERATIONS,
        operationOf: (request) => formAction(request, '2010-03-31'),
        handle: forward('sns'),
      },
      {
        name: 'sts',
        operations: ['GetCallerIdentity'],
        operationOf: (request) => formAction(request, '2011-06-15'),
        handle: forward('sts'),
      },
    ],
    createTopicWithInbox: async (topic) => {
      await sqs('CreateQueue', { QueueName: inboxOf(topic) });
      await sns('CreateTopic', { Name: topic });
      await sns('Subscribe', {
        TopicArn: arnOf('sns', topic),
        Protocol: 'sqs',
        Endpoint: arnOf('sqs', inboxOf(topic)),
      });
    },
    inbox: async (topic) => {
      const answer = await app.inject({ method: 'GET', url: `/_fauxqs/queues/${encodeURIComponent(inboxOf(topic))}` });
      if (answer.statusCode !== 200) {
        throw new Error(`Expected a topic with an inbox, got '${topic}': ${answer.body}`);
      }
      const { messages } = answer.json<{ messages: { ready: { body: string }[] } }>();
      return messages.ready.map((message) => readInboxMessage(message.body));
    },
    failNextPublishes: (count) => {
      failures = count;
    },
    stop: () => app.close(),
  };
}

/** fauxqs answers 500 to a body that is no JSON. */
function refuseNoJson(body: Buffer): void {
  try {
    parseJsonObject(body);
  } catch (cause) {
    if (!(cause instanceof JsonUnreadable)) {
      throw cause;
    }
    throw new AwsError('SerializationException', cause.message, 400, { cause });
  }
}

function inboxOf(topic: string): string {
  return `${topic}-inbox`;
}

/** The Action of a query-protocol request; services are told apart by the API's version. */
function formAction(request: AwsRequest, version: string): string | null {
  if (!(request.headers['content-type'] ?? '').includes('application/x-www-form-urlencoded')) {
    return null;
  }
  const form = new URLSearchParams(request.body.toString('utf8'));
  return form.get('Version') === version ? form.get('Action') : null;
}

function expectSuccess(operation: string, answer: { statusCode: number; body: string }): void {
  if (answer.statusCode !== 200) {
    throw new Error(`Expected ${operation} to succeed, got HTTP ${answer.statusCode}: ${answer.body}`);
  }
}
