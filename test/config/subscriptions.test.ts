import { describe, expect, it } from 'vitest';
import { InvalidConfig } from '../../src/config/invalid-config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';

const file = (subscriptions: string) => `
targets:
  prod: { engine: redshift, cluster: analytics, database: dev, slots: { limit: 500 }, policy: p }
policies: { p: [{ name: all, warnAfter: 30m }] }
notices:
  defaultOwner: team@example.com
  subscriptions: ${subscriptions}
`;

const problemsOf = (subscriptions: string) => {
  try {
    parseConfig(file(subscriptions), 'slotkeeper.yml');
    return [];
  } catch (error) {
    return error instanceof InvalidConfig ? error.problems.map(({ path, expected }) => [path, expected]) : [['?', '?']];
  }
};

describe('notices.subscriptions', () => {
  it('takes an address for the owner of that name, or names the owner beside it', () => {
    const { subscriptions } = parseConfig(
      file('{ owners: [team@example.com, { owner: bi-team, email: bi@example.com }], operators: [ops@example.com] }'),
      'slotkeeper.yml',
    ).notices;
    expect(subscriptions).toEqual({
      owners: [
        { owner: 'team@example.com', email: 'team@example.com' },
        { owner: 'bi-team', email: 'bi@example.com' },
      ],
      operators: ['ops@example.com'],
    });
  });

  it('refuses what is no address, an address twice, and keys that it does not know', () => {
    expect(problemsOf('{ operators: [on-call] }')).toEqual([
      ['notices.subscriptions.operators[0]', 'a mail address such as team@example.com'],
    ]);
    expect(problemsOf('{ operators: [a@example.com, b@example.com, a@example.com] }')).toEqual([
      ['notices.subscriptions.operators[2]', 'each address once: SNS takes a second one for the first'],
    ]);
    expect(problemsOf('{ owners: [a@example.com, { owner: a@example.com, email: a@example.com }] }')).toEqual([
      ['notices.subscriptions.owners[1]', 'each address once: SNS takes a second one for the first'],
    ]);
    expect(problemsOf('{ owners: [{ owner: bi-team }] }')[0]?.[0]).toBe('notices.subscriptions.owners[0]');
    expect(problemsOf('{ operator: [a@example.com] }')).toEqual([
      ['notices.subscriptions.operator', 'one of the keys owners, operators'],
    ]);
  });
});
