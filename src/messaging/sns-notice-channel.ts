import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { NoticeChannel, NoticeMessage } from './notice-channel.ts';
import { NoticeRefused } from './notice-refused.ts';

/**
 * SNS API reference, "Publish": a subject is ASCII text that begins with a letter, number or punctuation mark, without
 * line breaks or control characters, of at most 100 characters.
 */
const SUBJECT = /^[\x21-\x7e][\x20-\x7e]{0,99}$/;

/** SNS API reference, "Publish": message and attributes together. */
const MAX_BYTES = 256 * 1024;

/** Notices as messages of one SNS topic, to which the audience subscribes by e-mail, queue or otherwise. */
export function createSnsNoticeChannel({ client, topicArn }: { client: SNSClient; topicArn: string }): NoticeChannel {
  return {
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
        const { name, message: text } = cause instanceof Error ? cause : new Error(String(cause));
        throw new NoticeRefused(`SNS topic ${topicArn} answered ${name}: ${text}`, { cause });
      }
      if (messageId === undefined) {
        throw new NoticeRefused(`SNS topic ${topicArn} gave no MessageId, so there is no proof that it took it.`);
      }
      return { messageId, channel: 'sns' };
    },
  };
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
