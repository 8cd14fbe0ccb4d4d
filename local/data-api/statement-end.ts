/** Ends a statement as ABORTED: it was interrupted. */
export class StatementAborted extends Error {
  override readonly name = 'StatementAborted';

  constructor(options?: ErrorOptions) {
    super('The statement was interrupted.', options);
  }
}

/** Ends a statement as FAILED; the message is what `DescribeStatement.Error` shows. */
export class StatementFailed extends Error {
  override readonly name = 'StatementFailed';
}
