import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { LinkKeyUnusable } from './link-errors.ts';
import type { LinkKeys } from './link-keys.ts';

/** How long keys are used without being read again, milliseconds: far shorter than the time between two rotations. */
const FRESH_MS = 15 * 60_000;

/** Forged links make nobody read the secret more often than this, milliseconds. */
const REREAD_MS = 60_000;

/** An HMAC-SHA256 key should be as long as its output (RFC 2104, section 3). */
const LEAST_LENGTH = 32;

export interface SecretsManagerLinkKeysOptions {
  readonly client: SecretsManagerClient;
  readonly secretArn: string;
  readonly now: () => Date;
}

/**
 * Link keys in a secret of AWS Secrets Manager: its versions `AWSCURRENT`, which signs, and `AWSPREVIOUS`, which is still
 * taken, so that a rotation does not break the links in yesterday's mails. Read once and kept for a while.
 */
export function createSecretsManagerLinkKeys(options: SecretsManagerLinkKeysOptions): LinkKeys {
  const { client, secretArn, now } = options;
  let kept: { readonly keys: readonly [Buffer, ...Buffer[]]; readonly at: number } | null = null;

  const read = async (maxAge: number): Promise<readonly [Buffer, ...Buffer[]]> => {
    const at = now().getTime();
    if (kept === null || at - kept.at >= maxAge) {
      const [current, previous] = await Promise.all([readStage('AWSCURRENT'), readStage('AWSPREVIOUS')]);
      if (current === null) {
        throw new LinkKeyUnusable('AWSCURRENT', 'nothing');
      }
      kept = { keys: previous === null ? [current] : [current, previous], at };
    }
    return kept.keys;
  };

  async function readStage(stage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<Buffer | null> {
    try {
      const { SecretString: text } = await client.send(
        new GetSecretValueCommand({ SecretId: secretArn, VersionStage: stage }),
      );
      if (text === undefined || text.length < LEAST_LENGTH) {
        throw new LinkKeyUnusable(stage, text === undefined ? 'no text' : `${text.length} characters`);
      }
      return Buffer.from(text, 'utf8');
    } catch (error) {
      // A secret that was never rotated has no earlier version.
      if (stage === 'AWSPREVIOUS' && error instanceof Error && error.name === 'ResourceNotFoundException') {
        return null;
      }
      throw error;
    }
  }

  return {
    signing: async () => (await read(FRESH_MS))[0],
    accepted: (fresh) => read(fresh ? REREAD_MS : FRESH_MS),
  };
}
