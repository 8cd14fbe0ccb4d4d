import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseDatabaseUrl } from '../../../src/cli/url/parse-database-url.ts';
import { makeUrlConfig } from '../../../src/cli/url/url-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

const url = parseDatabaseUrl('postgres://ops:secret@db.example.com/app', { osUser: 'ann', env: {} });
const slots = { limit: 100, reserved: 3 };

function file(text: string): string {
  const path = join(folder, 'policy.yml');
  writeFileSync(path, text);
  return path;
}

const POLICIES = `policies:
  strict:
    - { name: all, warnAfter: 5m, terminateAfter: 10m, grace: 5m }
  lax:
    - { name: all, warnAfter: 1d }
`;

describe('makeUrlConfig', () => {
  it('judges by the built-in policy, and tells the operator, where nothing else is said', () => {
    const { config, target, policy } = makeUrlConfig(url, {}, slots, 'ann');
    expect(policy).toBe('built-in');
    expect(target).toMatchObject({
      engine: 'postgres',
      name: 'db.example.com:5432/app',
      host: 'db.example.com',
      port: 5432,
      user: 'ops',
      auth: { kind: 'url-password' },
      tls: { mode: 'verify-full', ca: null },
      slots: { limit: 100, reserved: 3, keepFree: 0 },
      caps: { maxTerminations: 20, maxShare: 0.5 },
      schedule: null,
    });
    expect(
      target.rules.map(({ name, warnAfter, terminateAfter, grace }) => [name, warnAfter, terminateAfter, grace]),
    ).toEqual([
      ['idle-in-transaction', 600, 1800, 600],
      ['idle', 1800, 3600, 900],
    ]);
    expect(config.notices).toMatchObject({ defaultOwner: 'ann', owners: [] });
    expect(config.targets).toEqual({ [target.name]: target });
    expect(JSON.stringify(config)).not.toContain('secret');
  });

  it('takes a policy of a file that has nothing else', () => {
    const policy = file(POLICIES);
    const { target, policy: shown } = makeUrlConfig(url, { policy, policyName: 'strict' }, slots, 'ann');
    expect(target.rules.map((rule) => rule.warnAfter)).toEqual([300]);
    expect(shown).toBe(`strict of ${policy}`);
  });

  it('takes caps and slots to keep free from a target of the file, whatever its engine', () => {
    const policy = file(`${POLICIES}
targets:
  prod:
    engine: redshift
    cluster: prod
    database: dev
    slots: { limit: 500, keepFree: 200 }
    caps: { maxTerminations: 3, maxShare: 10% }
    policy: lax
notices: { defaultOwner: team@example.com }
`);
    const { config, target } = makeUrlConfig(url, { policy, like: 'prod' }, slots, 'ann');
    expect(target).toMatchObject({
      caps: { maxTerminations: 3, maxShare: 0.1 },
      slots: { limit: 100, reserved: 3, keepFree: 96 },
    });
    expect(target.rules.map((rule) => rule.warnAfter)).toEqual([86_400]);
    expect(config.notices.defaultOwner).toBe('team@example.com');
  });

  it.each([
    [{}, /policy\.yml has 2 policies: strict, lax\. Pass --policy-name/],
    [
      { policyName: 'strickt' },
      /Expected --policy-name to be one of .*: strict, lax; got "strickt"\. Did you mean strict\?/,
    ],
    [{ like: 'prod' }, /Expected --like to name a target of .*, which has none; got "prod"/],
  ])('says what is there when %j does not tell which', (options, message) => {
    expect(() => makeUrlConfig(url, { policy: file(POLICIES), ...options }, slots, 'ann')).toThrow(message);
  });

  it('tells all that is wrong with a file', () => {
    const policy = file('policies:\n  a:\n    - { name: all, warnAftre: 5m }\nnotice: {}\n');
    expect(() => makeUrlConfig(url, { policy }, slots, 'ann')).toThrow(
      /did you mean 'warnAfter'\?[\s\S]*did you mean 'notices'\?/,
    );
  });
});
