import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** The Redshift Data API did not do what was asked of it, for another reason than a lost session or statement. */
export class DataApiFailed extends SlotkeeperError {
  /** The service's or the SDK's name of the error, e.g. `ThrottlingException`; `null` when the answer itself is at fault. */
  readonly reason: string | null;

  constructor(
    about: { readonly operation: string; readonly target: string; readonly reason: string | null },
    problem: string,
    options?: ErrorOptions,
  ) {
    super('DataApiFailed', `${about.operation} for target ${about.target}: ${problem}`, options);
    this.reason = about.reason;
  }
}
