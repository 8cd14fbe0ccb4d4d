import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** The database refused or ended a statement. The message is Redshift's own; the statement is never run again. */
export class StatementFailed extends SlotkeeperError {
  readonly statementId: string;
  readonly status: 'FAILED' | 'ABORTED';

  constructor(
    statement: { readonly statementId: string; readonly status: 'FAILED' | 'ABORTED' },
    databaseMessage: string | null,
    options?: ErrorOptions,
  ) {
    super(
      'StatementFailed',
      databaseMessage ?? `Statement ${statement.statementId} is ${statement.status}; the database gave no message.`,
      options,
    );
    this.statementId = statement.statementId;
    this.status = statement.status;
  }
}
