import { KNOWN_CLIENTS, type KnownClient } from './known-clients.ts';

/**
 * What a session's client probably is, by what it says of itself: the application name first, which a person or a
 * program chose, then the driver, which many programs share.
 *
 * @returns null when neither is known
 */
export function recogniseClient(application: string, driver: string): KnownClient | null {
  return (
    KNOWN_CLIENTS.find((client) => client.application?.test(application)) ??
    KNOWN_CLIENTS.find((client) => client.driver?.test(driver)) ??
    null
  );
}
