import { type Fact, known, unknown } from '../../doctor/fact.ts';
import { explainError } from '../explain-error.ts';
import { inOneLine } from './in-one-line.ts';

/** With these nothing at all can be asked: one message says so better than every check for itself. */
const NOTHING_CAN_BE_ASKED = new Set([
  'EndpointUnreachable',
  'RegionMissing',
  'CredentialsMissing',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
]);

/**
 * Asks for a fact. What a service refuses (a missing right, an operation that it does not have) makes the fact unknown,
 * with the reason; the checks that do not need it go on.
 *
 * @param endpoint as messages name it; null: AWS itself
 * @throws whatever keeps every other question from being answered as well: no network, region or credentials
 */
export async function attempt<T>(endpoint: string | null, ask: () => Promise<T>): Promise<Fact<T>> {
  try {
    return known(await ask());
  } catch (error) {
    const { name, message } = explainError(error, endpoint ?? undefined);
    if (NOTHING_CAN_BE_ASKED.has(name)) {
      throw error;
    }
    return unknown(`could not be asked (${name}: ${inOneLine(message)})`);
  }
}
