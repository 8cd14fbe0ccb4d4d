/** A message as a subscriber of a topic sees it. */
export interface InboxMessage {
  readonly messageId: string;
  readonly topicArn: string;
  /** Null when it was published without one. */
  readonly subject: string | null;
  readonly body: string;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The envelope that SNS puts around a message for a queue (SNS guide, "Parsing message formats"). */
interface Envelope {
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Subject?: string | null;
  readonly Message: string;
  readonly Timestamp: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly Value: string }>>;
}

/** Opens the envelope that SNS puts around a message for a queue. */
export function readInboxMessage(queueMessageBody: string): InboxMessage {
  const envelope = JSON.parse(queueMessageBody) as Envelope;
  return {
    messageId: envelope.MessageId,
    topicArn: envelope.TopicArn,
    subject: envelope.Subject ?? null,
    body: envelope.Message,
    timestamp: envelope.Timestamp,
    attributes: Object.fromEntries(
      Object.entries(envelope.MessageAttributes ?? {}).map(([name, attribute]) => [name, attribute.Value]),
    ),
  };
}
