import type { Check } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';

/** Expiry of items; the attribute is null where it is off. */
export interface ExpiryFacts {
  readonly attribute: string | null;
}

/** Whether old items go by themselves. Nothing relies on it, but the table grows without it. */
export function judgeExpiry(fact: Fact<ExpiryFacts>, { table }: { readonly table: string }): Check {
  return checkFact(
    {
      name: 'table-expiry',
      question: 'Do old items of the table expire?',
      expected: 'Time to Live on attribute ttl',
      source: 'AWS page TTL (Amazon DynamoDB developer guide)',
    },
    fact,
    ({ attribute }) =>
      attribute === 'ttl'
        ? { verdict: 'ok', found: 'on, attribute ttl' }
        : {
            verdict: 'warning',
            found: attribute === null ? 'off: the table grows for ever' : `on, but for attribute ${attribute}`,
            mend: [
              {
                kind: 'cli',
                line: `aws dynamodb update-time-to-live --table-name ${table} --time-to-live-specification Enabled=true,AttributeName=ttl`,
              },
            ],
          },
  );
}

/** Whether the table can be brought back to a moment before a mishap. */
export function judgeRecovery(
  fact: Fact<{ readonly pointInTime: boolean }>,
  { table }: { readonly table: string },
): Check {
  return checkFact(
    {
      name: 'table-recovery',
      question: 'Can the table be brought back to an earlier moment?',
      expected: 'point-in-time recovery',
      source: 'AWS page Point-in-time-recovery (Amazon DynamoDB developer guide)',
    },
    fact,
    ({ pointInTime }) =>
      pointInTime
        ? { verdict: 'ok', found: 'on' }
        : {
            verdict: 'warning',
            found: 'off',
            mend: [
              {
                kind: 'cli',
                line: `aws dynamodb update-continuous-backups --table-name ${table} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
              },
            ],
          },
  );
}
