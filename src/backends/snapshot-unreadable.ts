import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** The rows that came back are not those that the statement asks for. */
export class SnapshotUnreadable extends SlotkeeperError {
  constructor(message: string, options?: ErrorOptions) {
    super('SnapshotUnreadable', message, options);
  }
}
