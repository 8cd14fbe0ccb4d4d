import * as z from 'zod';
import type { PostgresTarget } from '../config/target-config.ts';
import { PasswordUnavailable } from './direct-errors/password-unavailable.ts';

/** What a target signs in with: a password, or a token that stands for one. */
export type PasswordOf = (target: PostgresTarget) => Promise<string>;

/** What RDS and Secrets Manager keep for a database user (AWS page "JSON structure of Secrets Manager secrets"). */
const secretShape = z.object({ username: z.string().optional(), password: z.string().min(1) });

/**
 * Reads passwords where targets say they are: in Secrets Manager, or made as a token of RDS IAM authentication (valid
 * for 15 minutes, so one per connection). Their clients are loaded only when a target needs them.
 *
 * @param givenPassword the password that came with a URL or the environment; null: none did
 * @throws PasswordUnavailable from the function that it returns
 */
export function createPostgresPasswords(givenPassword: (target: PostgresTarget) => string | null): PasswordOf {
  return async (target) => {
    const { name, auth } = target;
    switch (auth.kind) {
      case 'secret':
        return await readSecret(target, auth.secretArn);
      case 'iam':
        return await makeToken(target, auth.region);
      case 'url-password': {
        const password = givenPassword(target);
        if (password === null) {
          throw new PasswordUnavailable(name, 'no password was given. Put it into the URL, or set PGPASSWORD.');
        }
        return password;
      }
    }
  };
}

async function readSecret({ name, user }: PostgresTarget, secretArn: string): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  // The secret is in the region that its ARN names, wherever this runs.
  const region = secretArn.split(':')[3] ?? '';
  const client = new SecretsManagerClient(region === '' ? {} : { region });
  const answer = await client
    .send(new GetSecretValueCommand({ SecretId: secretArn }))
    .catch((error: unknown) => {
      throw new PasswordUnavailable(
        name,
        'its secret could not be read. See that it exists and that this identity may secretsmanager:GetSecretValue.',
        error,
      );
    })
    .finally(() => client.destroy());
  const read = secretShape.safeParse(parseJson(answer.SecretString));
  if (!read.success) {
    throw new PasswordUnavailable(name, 'its secret is not JSON with a text `password`. Write it as RDS does.');
  }
  if (read.data.username !== undefined && read.data.username !== user) {
    throw new PasswordUnavailable(
      name,
      `its secret is of the database user ${read.data.username}, but the target's user is ${user}. Let them be the same.`,
    );
  }
  return read.data.password;
}

async function makeToken({ name, host, port, user }: PostgresTarget, region: string | null): Promise<string> {
  const { Signer } = await import('@aws-sdk/rds-signer');
  try {
    const signer = new Signer({ hostname: host, port, username: user, ...(region === null ? {} : { region }) });
    return await signer.getAuthToken();
  } catch (error) {
    throw new PasswordUnavailable(
      name,
      'no token could be made for it. See that this process has AWS credentials, and a region (auth.region).',
      error,
    );
  }
}

/** What is no JSON is no secret of the expected shape: its text must not come into an error. */
function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}
