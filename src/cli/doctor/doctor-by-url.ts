import { userInfo } from 'node:os';
import { unknown } from '../../doctor/fact.ts';
import { createPostgresOpener } from '../../warehouse/create-postgres-opener.ts';
import type { CliIo } from '../cli-io.ts';
import type { ExitCode } from '../exit-codes.ts';
import { findPassword } from '../url/find-password.ts';
import { parseDatabaseUrl } from '../url/parse-database-url.ts';
import { makeUrlConfig, type PolicyOptions } from '../url/url-config.ts';
import { examinePostgres } from './examine-postgres.ts';
import { presentChecks } from './present-checks.ts';

export interface DoctorByUrlOptions extends PolicyOptions {
  /** postgres://user@host/database */
  readonly url: string;
  readonly json?: boolean;
}

/**
 * `slotkeeper doctor --url`: looks at a PostgreSQL server without a deployment, by a policy of a file or the built-in
 * one. It changes nothing, there and here.
 *
 * @throws SlotkeeperError named UsageError; InvalidConfig
 */
export async function doctorByUrl(io: CliIo, options: DoctorByUrlOptions): Promise<ExitCode> {
  const { env } = process;
  const osUser = userInfo().username;
  const url = parseDatabaseUrl(options.url, { osUser, env });
  for (const note of url.notes) {
    io.err(`Note: ${note}`);
  }
  const password = await findPassword(url, env);
  // The server itself says how many slots it has.
  const { target } = makeUrlConfig(url, options, { limit: 1, reserved: 0 }, osUser);
  const open = createPostgresOpener(async () => password);
  const runs = unknown('runs by URL are not looked at');
  const checks = await examinePostgres({ open, now: () => new Date(), slots: null, runs }, target);
  return presentChecks(io, { json: options.json ?? false, stage: null, groups: [{ target, checks }] });
}
