import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** No session could be had within the wait; nothing ran, so asking again later is safe. */
export class PoolExhausted extends SlotkeeperError {
  constructor(problem: string, options?: ErrorOptions) {
    super('PoolExhausted', `${problem} Nothing was run; ask again later, or raise the pool's limits.`, options);
  }
}
