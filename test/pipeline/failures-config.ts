import { stringify } from 'yaml';
import { TEST_AUTHORITY } from '../support/start-plain-postgres.ts';

const secretOf = (name: string) => ({
  kind: 'secret',
  secretArn: `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}`,
});

/** By what each target differs from `orders`, which is as it should be. */
const TARGETS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  orders: {},
  'wrong-password': { auth: secretOf('outdated') },
  'no-secret': { auth: secretOf('missing') },
  'unknown-user': { user: 'nobody', auth: secretOf('nobody') },
  'unknown-host': { host: 'no-such-host.invalid', tls: { mode: 'verify-full' } },
  'no-server': { port: 1 },
  'no-database': { database: 'missing' },
  'self-signed': { host: 'localhost', tls: { mode: 'verify-full' } },
  'another-name': { tls: { mode: 'verify-full', ca: TEST_AUTHORITY } },
  'no-rights': { user: 'bare', auth: secretOf('bare') },
  'no-slot': { user: 'lonely', auth: secretOf('lonely') },
};

/** One PostgreSQL server, not reached, not entered or not seen by each target for another reason. */
export function failuresConfig(port: number): string {
  const orders = {
    engine: 'postgres',
    host: '127.0.0.1',
    port,
    database: 'postgres',
    user: 'keeper',
    auth: secretOf('keeper'),
    tls: { mode: 'off' },
    slots: { limit: 30, reserved: 3 },
    caps: { maxShare: '90%' },
    policy: 'at-once',
  };
  const config = {
    targets: Object.fromEntries(Object.entries(TARGETS).map(([name, changes]) => [name, { ...orders, ...changes }])),
    policies: { 'at-once': [{ name: 'web', match: { user: 'web_*' }, terminateAfter: '0s', notice: 'none' }] },
    notices: { defaultOwner: 'data-platform@example.com' },
    runs: { settle: { rounds: 4, wait: '1s' } },
  };
  return stringify(config, { aliasDuplicateObjects: false });
}
