import { DirectWarehouseFailed, type ServerPlace, saidBy } from './direct-warehouse-failed.ts';

/** The server does not take the user, the password or token, or where the connection comes from. */
export class SignInRefused extends DirectWarehouseFailed {
  constructor({ target, host, port, user, database }: ServerPlace, code: string | null, cause: unknown) {
    super(
      'SignInRefused',
      `Expected ${host}:${port} (target '${target}') to let ${user} sign in to ${database}; it refused (${saidBy(code, cause)}). Check user and password: the secret's JSON (user, password), the URL, or for tokens of IAM that the role has GRANT rds_iam TO the user and this identity may rds-db:connect; and that pg_hba.conf lets it in from here with TLS.`,
      { code, cause },
    );
  }
}
