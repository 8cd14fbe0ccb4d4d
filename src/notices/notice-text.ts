/** A message to people as a notice channel takes it; the port's `NoticeMessage` is of this shape. */
export interface NoticeText {
  /** 1 to 100 printable ASCII characters. */
  readonly subject: string;
  readonly body: string;
  /** None of the values is empty. */
  readonly attributes: Readonly<Record<string, string>>;
}
