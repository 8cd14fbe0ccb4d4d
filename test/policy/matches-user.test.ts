import { describe, expect, it } from 'vitest';
import { matchesUser } from '../../src/policy/matches-user.ts';

describe('a pattern for users', () => {
  it.each([
    ['etl*', 'etl_nightly'],
    ['etl*', 'IAM:etl_nightly'],
    ['etl*', 'IAMA:etl_nightly:loaders'],
    ['loader', 'IAMR:loader'],
    ['ETL*', 'iam:etl_nightly'],
    ['IAM:etl*', 'IAM:etl_nightly'],
    ['IAM*', 'IAMR:loader'],
    ['*', 'IAM:bob'],
  ])('%s fits %s', (pattern, user) => {
    expect(matchesUser(pattern, user)).toBe(true);
  });

  it.each([
    ['loaders', 'IAMA:etl_nightly:loaders'],
    ['IAM:etl*', 'etl_nightly'],
    ['bob', 'IAM:bobby'],
    ['bob', 'IAMX:bob'],
    ['bob', 'team:bob'],
  ])('%s does not fit %s', (pattern, user) => {
    expect(matchesUser(pattern, user)).toBe(false);
  });
});
