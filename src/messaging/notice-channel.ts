/** A message to people: an owner's digest or an operators' alert. */
export interface NoticeMessage {
  /** At most 100 printable ASCII characters. */
  readonly subject: string;
  readonly body: string;
  /** SNS message attributes, so that subscriptions can filter; values are not empty. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A way to reach people. One channel per audience. */
export interface NoticeChannel {
  /**
   * @returns the proof that the channel took the message
   * @throws NoticeRefused when it did not
   */
  publish(message: NoticeMessage): Promise<{ messageId: string; channel: string }>;
}
