import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { LinkKeys } from '../snooze-link/link-keys.ts';
import { createSecretsManagerLinkKeys } from '../snooze-link/secrets-manager-link-keys.ts';
import { createSnoozeLinks, type SnoozeLinks } from '../snooze-link/snooze-links.ts';
import { readLinkEnvironment } from './lambda-environment.ts';

/** The keys of snooze links, in the secret that the environment names; only two functions may read it. */
export function linkKeys(secretArn: string, now: () => Date): LinkKeys {
  return createSecretsManagerLinkKeys({ client: new SecretsManagerClient({}), secretArn, now });
}

/**
 * The links of the notices; null: the environment names neither the function that answers them nor the secret.
 *
 * @throws EnvironmentIncomplete when it names one of the two only
 */
export function noticeLinks(): SnoozeLinks | null {
  const environment = readLinkEnvironment(process.env);
  return environment === null
    ? null
    : createSnoozeLinks({ keys: linkKeys(environment.secretArn, () => new Date()), url: environment.url });
}
