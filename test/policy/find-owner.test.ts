import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findOwner, type OwnerDirectory } from '../../src/policy/find-owner.ts';
import { coversHost, matchesHost } from '../../src/policy/matches-host.ts';
import { coversEntry, fitsEntry, type OwnerEntry } from '../../src/policy/owner-entry.ts';
import { believedOwnerTag, readOwnerTag, withOwnerTag } from '../../src/policy/owner-tag.ts';
import { takeApartUser } from '../../src/policy/take-apart-user.ts';
import { exampleRule, idleBackend } from './policy-examples.ts';

function backendOf(user: string, application = 'psql', clientHost = '10.1.2.3') {
  return idleBackend(60, { identity: { ...idleBackend(60).identity, user }, application, clientHost });
}

const DIRECTORY: OwnerDirectory = {
  defaultOwner: 'all@example.com',
  owners: [
    { group: 'admin_grp', owner: 'admins@example.com' },
    { role: 'Analyst*', owner: 'analysts@example.com' },
    { user: 'BI_*', owner: 'bi@example.com' },
    { clientHost: '10.9.0.0/16', owner: 'lab@example.com' },
    { application: 'Tableau*', owner: 'tableau@example.com' },
  ],
  ownerTag: ['*@example.com'],
};

describe('findOwner', () => {
  const tagged = 'nightly owner=bob@example.com';
  it.each([
    ['the rule first', 'bi_1', tagged, '10.9.1.1', 'rule@example.com', 'rule@example.com', 'rule'],
    ['then a tag that is believed', 'bi_1', tagged, '10.9.1.1', null, 'bob@example.com', 'tag'],
    ['not a tag of strangers', 'bi_1', 'owner=eve@example.org', '10.1.1.1', null, 'bi@example.com', 'directory'],
    ['the directory by user', 'bi_1', 'x', '', null, 'bi@example.com', 'directory'],
    ['by the user within', 'IAM:bi_1', 'x', '', null, 'bi@example.com', 'directory'],
    ['by role', 'IAMR:AnalystEU', 'x', '', null, 'analysts@example.com', 'directory'],
    ['by group', 'IAMA:aws_admin:admin_grp', 'x', '', null, 'admins@example.com', 'directory'],
    ['by a range of addresses', 'ana', 'x', '::ffff:10.9.3.4', null, 'lab@example.com', 'directory'],
    ['by application', 'ana', 'Tableau Desktop', '', null, 'tableau@example.com', 'directory'],
    ['then the default', 'ana', 'x', '10.1.1.1', null, 'all@example.com', 'default'],
    ['nobody in a role by the name of a user', 'Analyst7', 'x', '', null, 'all@example.com', 'default'],
  ])('asks %s', (_what, user, application, host, ofRule, owner, by) => {
    const rule = exampleRule({ owner: ofRule });
    expect(findOwner(backendOf(user, application, host), rule, DIRECTORY)).toEqual({ owner, by });
  });

  it('believes no tag unless the configuration says whose', () => {
    const { ownerTag: _, ...untagged } = DIRECTORY;
    const found = findOwner(backendOf('ana', 'owner=bob@example.com'), exampleRule(), untagged);
    expect(found).toEqual({ owner: 'all@example.com', by: 'default' });
  });

  it('takes an entry only if all of its criteria fit', () => {
    const owners = [{ user: 'bi_*', clientHost: '10.1.0.0/16', owner: 'both@example.com' }];
    const directory = { defaultOwner: 'all@example.com', owners };
    const by = (user: string, host: string) => findOwner(backendOf(user, 'x', host), exampleRule(), directory).by;
    expect([by('bi_1', '10.1.0.1'), by('bi_1', '10.2.0.1'), by('etl', '10.1.0.1')]).toEqual([
      'directory',
      'default',
      'default',
    ]);
  });
});

describe('an owner tag', () => {
  it.each([
    ['owner=a@example.com', 'a@example.com'],
    ['dbt owner:a@example.com keep=2h', 'a@example.com'],
    ['app;OWNER=a@example.com;x', 'a@example.com'],
    ['powner=a@example.com', null],
    ['owner= a@example.com', null],
    ['', null],
  ])('is read from %j', (application, owner) => {
    expect(readOwnerTag(application)).toBe(owner);
    if (owner !== null) {
      expect(withOwnerTag(application, () => 'HASH')).toBe(application.replace(owner, 'HASH'));
    }
  });

  it('is believed as a whole only', () => {
    expect(believedOwnerTag('owner=a@example.com.evil.org', ['*@example.com'])).toBeNull();
    expect(believedOwnerTag('owner=a@example.com', ['x', '*@example.com'])).toBe('a@example.com');
  });
});

describe('takeApartUser', () => {
  it.each([
    ['ana', { user: 'ana', role: null, groups: [] }],
    ['IAM:ana', { user: 'ana', role: null, groups: [] }],
    ['IAMR:etl-role', { user: null, role: 'etl-role', groups: [] }],
    ['IAMA:aws_admin:admin_grp', { user: 'aws_admin', role: null, groups: ['admin_grp'] }],
    ['IAMA:ana:one:two', { user: 'ana', role: null, groups: ['one', 'two'] }],
    ['IAMA:ana:', { user: 'ana', role: null, groups: [] }],
    ['IAMX:ana', { user: 'IAMX:ana', role: null, groups: [] }],
  ])('of %s', (name, parts) => {
    expect(takeApartUser(name)).toEqual(parts);
  });
});

describe('a host', () => {
  it.each([
    ['10.1.0.0/16', '10.1.255.255', true],
    ['10.1.0.0/16', '10.2.0.0', false],
    ['10.1.0.0/16', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:1::1', true],
    ['0.0.0.0/0', '', false],
    ['10.1.*', '::ffff:10.1.2.3', true],
    ['build-*', 'build-7', true],
  ])('fits %s: %s is %s', (pattern, host, fits) => {
    expect(matchesHost(pattern, host)).toBe(fits);
  });

  it('that fits a covered pattern fits the one that covers it', () => {
    const octet = fc.integer({ min: 0, max: 3 });
    const address = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
    const pattern = fc.oneof(
      address,
      fc.tuple(address, fc.constantFrom(0, 8, 16, 24, 30, 31, 32)).map(([base, bits]) => `${base}/${bits}`),
      fc.constantFrom('*', '1.*', '1.2.?.3', '?.?.?.?'),
    );
    let covered = 0;
    fc.assert(
      fc.property(pattern, pattern, address, (wide, narrow, host) => {
        if (coversHost(wide, narrow)) {
          covered += 1;
          expect(!matchesHost(narrow, host) || matchesHost(wide, host)).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
    expect(covered).toBeGreaterThan(50);
  });
});

describe('an entry that an earlier one covers', () => {
  it('is never reached', () => {
    const patterns = fc.constantFrom('*', 'a*', 'ab', 'b?', 'IAM:*');
    const hosts = fc.constantFrom('*', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.3');
    const entries: fc.Arbitrary<OwnerEntry> = fc.record(
      {
        user: patterns,
        role: patterns,
        group: patterns,
        clientHost: hosts,
        application: patterns,
        owner: fc.constant('o'),
      },
      { requiredKeys: ['owner'] },
    );
    const users = fc.constantFrom('a', 'ab', 'bb', 'IAM:ab', 'IAMR:ab', 'IAMA:ab:bb');
    let covered = 0;
    fc.assert(
      fc.property(
        entries,
        entries,
        users,
        fc.constantFrom('', 'ab', 'bb'),
        fc.constantFrom('', '10.1.2.3', '10.2.0.1'),
        (earlier, later, user, application, host) => {
          if (coversEntry(earlier, later)) {
            covered += 1;
            const backend = backendOf(user, application, host);
            expect(!fitsEntry(later, backend) || fitsEntry(earlier, backend)).toBe(true);
          }
        },
      ),
      { numRuns: 3000 },
    );
    expect(covered).toBeGreaterThan(50);
  });
});
