import { PublishCommand, type SNSClient, SNSServiceException } from '@aws-sdk/client-sns';
import { takesMessage } from '../notices/takes-message.ts';
import type { NoticeChannel, NoticeMessage } from './notice-channel.ts';
import { NoticeRefused } from './notice-refused.ts';
import { createSnsSubscriptions } from './sns-subscriptions.ts';

/**
 * SNS API reference, "Publish": a subject is ASCII text that begins with a letter, number or punctuation mark, without
 * line breaks or control characters, of at most 100 characters.
 */
const SUBJECT = /^[\x21-\x7e][\x20-\x7e]{0,99}$/;

/** SNS API reference, "Publish": message and attributes together. */
const MAX_BYTES = 256 * 1024;

/** Notices as messages of one SNS topic, to which the audience subscribes by e-mail, queue or otherwise. */
export function createSnsNoticeChannel(options: {
  client: SNSClient;
  topicArn: string;
  /** Ages what is remembered of the subscriptions; the process's clock by default. */
  now?: () => Date;
}): NoticeChannel {
  const { client, topicArn, now = () => new Date() } = options;
  const subscriptionsFor = createSnsSubscriptions(client, topicArn, () => now().getTime());
  return {
    address: topicArn,

    async publish(message) {
      check(message);
      let messageId: string | undefined;
      try {
        const answer = await client.send(
          new PublishCommand({
            TopicArn: topicArn,
            Subject: message.subject,
            Message: message.body,
            MessageAttributes: Object.fromEntries(
              Object.entries(message.attributes).map(([name, value]) => [
                name,
                { DataType: 'String', StringValue: value },
              ]),
            ),
          }),
        );
        messageId = answer.MessageId;
      } catch (cause) {
        throw new NoticeRefused(`SNS topic ${topicArn} answered ${told(cause)}`, {
          cause,
          perhapsTaken: !isRefusal(cause),
        });
      }
      if (messageId === undefined) {
        throw new NoticeRefused(`SNS topic ${topicArn} gave no MessageId, so there is no proof that it took it.`, {
          perhapsTaken: true,
        });
      }
      return { messageId, channel: 'sns' };
    },

    async audienceOf({ attributes }) {
      const takes = (filter: Parameters<typeof takesMessage>[0]) => takesMessage(filter, attributes);
      try {
        const { confirmed, pending, unseen } = await subscriptionsFor((known) => known.confirmed.some(takes));
        const taking = confirmed.filter(takes).length;
        return { confirmed: taking, pending, filtered: confirmed.length - taking + unseen };
      } catch (cause) {
        throw new NoticeRefused(
          `who subscribes to SNS topic ${topicArn} could not be seen: ${told(cause)}. Is sns:ListSubscriptionsByTopic allowed?`,
          { cause },
        );
      }
    },
  };
}

function told(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}

/** SNS answered, and said no: any other failure leaves open whether the message went out. */
function isRefusal(cause: unknown): boolean {
  if (!(cause instanceof SNSServiceException)) {
    return false;
  }
  const status = cause.$metadata.httpStatusCode ?? 0;
  return status >= 400 && status < 500;
}

function check({ subject, body, attributes }: NoticeMessage): void {
  if (!SUBJECT.test(subject)) {
    throw new NoticeRefused(
      `expected a subject of 1 to 100 printable ASCII characters that does not begin with a space, got ${subject.length} characters: ${JSON.stringify(subject.slice(0, 120))}.`,
    );
  }
  if (body === '') {
    throw new NoticeRefused('expected a body, got an empty text.');
  }
  let bytes = Buffer.byteLength(body);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === '') {
      throw new NoticeRefused(`expected message attribute '${name}' to have a value, got an empty text.`);
    }
    bytes += Buffer.byteLength(name) + Buffer.byteLength('String') + Buffer.byteLength(value);
  }
  if (bytes > MAX_BYTES) {
    throw new NoticeRefused(`expected at most ${MAX_BYTES} bytes of body and attributes, got ${bytes}.`);
  }
}
