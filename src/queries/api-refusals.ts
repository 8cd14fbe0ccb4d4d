import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** The request did not come by the authorizer of the API. */
export class Unauthorized extends SlotkeeperError {
  constructor() {
    super('Unauthorized', 'Expected a request that the authorizer of the API has let in. Nothing was run.');
  }
}

/** The caller is known, and is no tenant. */
export class NoTenant extends SlotkeeperError {
  constructor(expected: string) {
    super('NoTenant', `Expected ${expected}. Nothing was run.`);
  }
}
