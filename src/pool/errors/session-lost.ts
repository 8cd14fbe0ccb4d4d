import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** The session of a `withSession` ended or was lost between two statements, and with it what the earlier ones left. */
export class SessionLost extends SlotkeeperError {
  constructor(problem: string, options?: ErrorOptions) {
    super('SessionLost', `${problem} The statement was not run; begin again with a new session.`, options);
  }
}
