import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** A snapshot that shows far fewer or far more backends than can be believed. Nothing is done on its account. */
export class SnapshotAnomalous extends SlotkeeperError {
  constructor(message: string, options?: ErrorOptions) {
    super('SnapshotAnomalous', message, options);
  }
}
