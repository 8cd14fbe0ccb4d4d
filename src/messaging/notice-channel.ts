/** A message to people: an owner's digest or an operators' alert. */
export interface NoticeMessage {
  /** At most 100 printable ASCII characters. */
  readonly subject: string;
  readonly body: string;
  /** SNS message attributes, so that subscriptions can filter; values are not empty. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Who would get a message, as the channel knows its subscriptions. */
export interface Audience {
  /** Subscriptions that are confirmed and take this message. */
  readonly confirmed: number;
  /** Subscriptions that nobody has confirmed yet. */
  readonly pending: number;
  /** Confirmed subscriptions whose filter refuses this message, or cannot be seen or understood. */
  readonly filtered: number;
}

/** A way to reach people. One channel per audience. */
export interface NoticeChannel {
  /** Where people subscribe: the topic's ARN. */
  readonly address: string;
  /**
   * @returns the proof that the channel took the message
   * @throws NoticeRefused when it did not
   */
  publish(message: NoticeMessage): Promise<{ messageId: string; channel: string }>;
  /**
   * Who would get this message now; may be up to a minute old where somebody would.
   *
   * @throws NoticeRefused when the channel does not tell
   */
  audienceOf(message: NoticeMessage): Promise<Audience>;
}
