import { DirectWarehouseFailed } from './direct-warehouse-failed.ts';

/** There is nothing to sign in with: the secret cannot be read or has no password, or no token was made. */
export class PasswordUnavailable extends DirectWarehouseFailed {
  constructor(target: string, problem: string, cause?: unknown) {
    const found = cause instanceof Error ? ` (${cause.name}: ${cause.message})` : '';
    super('PasswordUnavailable', `Expected something to sign in to target '${target}' with: ${problem}${found}`, {
      code: null,
      cause,
    });
  }
}
