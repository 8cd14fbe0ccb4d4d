import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/**
 * The Data API session to reuse is busy, closed, or was never one. The service does not tell busy and closed apart
 * ("Session is not available", awslabs/mcp#4375 and #4587). The statement was refused: nothing ran.
 */
export class SessionUnavailable extends SlotkeeperError {
  constructor(options?: ErrorOptions) {
    super(
      'SessionUnavailable',
      'The Data API session to reuse is busy, closed or unknown; the statement was not run. Use another session.',
      options,
    );
  }
}
