import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { fromConfig } from '../../deploy/from-config.ts';
import { stackDifferences } from './stack-differences.ts';

const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-differences-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Section = Record<string, unknown>;
type File = { targets: Record<string, Section>; policies: Record<string, Section[]>; notices: Section };

function stackOf(file: File) {
  const path = join(folder, 'slotkeeper.yml');
  writeFileSync(path, stringify(file));
  return fromConfig(path, 'dev');
}

/** What deploying a changed file does to the stack of a fixture. */
function afterChange(change: (file: File) => File, fixture = 'three-engines'): string[] {
  const read = (): File => parse(readFileSync(`test/fixtures/${fixture}.yml`, 'utf8'));
  return stackDifferences(stackOf(read()), stackOf(change(read())));
}

const changing = (name: string, change: Section) => (file: File) => ({
  ...file,
  targets: { ...file.targets, [name]: { ...file.targets[name], ...change } },
});

/** The same targets in the same order, one of them under another name. */
const renaming = (from: string, to: string) => (file: File) => ({
  ...file,
  targets: Object.fromEntries(Object.entries(file.targets).map(([name, one]) => [name === from ? to : name, one])),
});

const CHANGES: Record<string, readonly [(file: File) => File, fixture?: string]> = {
  'a schedule': [changing('analytics', { schedule: 'rate(15 minutes)' })],
  'a schedule switched on': [changing('reports', { enabled: true })],
  'a target that is run by hand': [
    ({ targets, ...file }) => ({
      ...file,
      targets: {
        ...targets,
        sandbox: { engine: 'redshift', cluster: 'sandbox', database: 'dev', slots: { limit: 100 }, policy: 'default' },
      },
    }),
  ],
  'a target with a schedule': [
    ({ targets, ...file }) => ({
      ...file,
      targets: {
        billing: {
          ...targets['orders-eu'],
          host: 'billing.cluster-abc.eu-west-1.rds.amazonaws.com',
          user: 'billing_keeper',
        },
        ...targets,
      },
    }),
  ],
  'a target removed': [({ targets: { reports, ...targets }, ...file }) => ({ ...file, targets })],
  'the only server removed': [
    ({ targets: { analytics = {}, reports = {} }, ...file }) => ({ ...file, targets: { analytics, reports } }),
  ],
  'a target renamed': [renaming('analytics', 'warehouse')],
  'a pool added': [changing('analytics', { pool: { dbUser: 'tenant_{tenantId}' } }), 'smallest'],
  'a mail address added': [
    ({ notices, ...file }) => {
      const operators = ['first@example.com', 'on-call@example.com'];
      return {
        ...file,
        notices: { ...notices, subscriptions: { ...(notices['subscriptions'] as Section), operators } },
      };
    },
  ],
  'links switched off': [({ notices, ...file }) => ({ ...file, notices: { ...notices, snooze: { max: '0s' } } })],
};

describe('a change of slotkeeper.yml', () => {
  it('changes nothing in the stack where it is one of rules: the functions read the file', () => {
    const stricter = (file: File): File => ({
      ...file,
      policies: { default: [{ name: 'everyone', warnAfter: '5m', terminateAfter: '20m' }] },
    });
    expect(afterChange(stricter)).toEqual([]);
  });

  it('changes no rule, alarm, function or subscription where it is one of order', () => {
    const reversed = (file: File): File => ({
      ...file,
      targets: Object.fromEntries(Object.entries(file.targets).reverse()),
    });
    expect(afterChange(reversed).filter((line) => !/^~ \w+Role: Policies$/.test(line))).toEqual([
      '~ Dashboard: DashboardBody',
    ]);
  });

  it.each(Object.entries(CHANGES))('does what it says and no more: %s', (_, [change, fixture]) => {
    expect(afterChange(change, fixture)).toMatchSnapshot();
  });

  it.each(Object.entries(CHANGES))(
    'replaces nothing, and leaves table, topics and key alone: %s',
    (_, [change, fixture]) => {
      const lines = afterChange(change, fixture);
      expect(lines).not.toEqual([]);
      expect(lines.filter((line) => /^!|SessionTable|OwnersTopic\b|OperatorsTopic\b|TopicKey/.test(line))).toEqual([]);
    },
  );

  it('would be seen to replace what has another name', () => {
    const before = fromConfig('test/fixtures/three-engines.yml', 'dev');
    const lines = stackDifferences(before, fromConfig('test/fixtures/three-engines.yml', 'test'));
    expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^! SessionTable: TableName$/)]));
  });
});
