import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPostgresPasswords } from '../../src/warehouse/postgres-passwords.ts';
import { examplePostgresTarget } from '../support/example-postgres-target.ts';

const none = () => null;

beforeEach(() => {
  for (const [name, value] of Object.entries({
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PROFILE: undefined,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'never-shown',
    AWS_SESSION_TOKEN: undefined,
  })) {
    vi.stubEnv(name, value);
  }
});
afterEach(() => vi.unstubAllEnvs());

describe('createPostgresPasswords', () => {
  const target = (region: string | null) =>
    examplePostgresTarget({ host: 'db.example.com', port: 5433, user: 'keeper', auth: { kind: 'iam', region } });

  it.each([
    [null, 'us-east-1'],
    ['eu-west-1', 'eu-west-1'],
  ])('signs a token of RDS for this host, port and user, of region %s', async (region, signedFor) => {
    const token = new URL(`https://${await createPostgresPasswords(none)(target(region))}`);
    expect(token.host).toBe('db.example.com:5433');
    expect(Object.fromEntries(token.searchParams)).toMatchObject({
      Action: 'connect',
      DBUser: 'keeper',
      // Seconds (RDS user guide, "IAM database authentication"): a token is for one connection.
      'X-Amz-Expires': '900',
      'X-Amz-Credential': expect.stringContaining(`/${signedFor}/rds-db/aws4_request`),
    });
  });

  it('says what a token needs where there are no credentials', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    await expect(createPostgresPasswords(none)(target(null))).rejects.toMatchObject({
      name: 'PasswordUnavailable',
      message: expect.stringContaining('See that this process has AWS credentials'),
    });
  });

  it('uses the password that came with a URL, and says so when none came', async () => {
    const byUrl = examplePostgresTarget({ auth: { kind: 'url-password' } });
    expect(await createPostgresPasswords(() => 'pw')(byUrl)).toBe('pw');
    await expect(createPostgresPasswords(none)(byUrl)).rejects.toThrow('no password was given');
  });
});
