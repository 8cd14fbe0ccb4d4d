import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseStatementName, sessionNamePrefix, statementName } from '../../src/pool/statement-name.ts';
import { creatingSession, exampleKey } from './example-pooled-session.ts';

it('reads back from a statement name which lease it belongs to, whatever the target is called', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.nat({ max: 999 }), (target, slot) => {
      fc.pre(target.isWellFormed());
      const record = creatingSession(exampleKey({ target, tenant: 'a-b_c' }), slot);
      expect(parseStatementName(statementName(record))).toEqual({
        ...{ target, tenant: 'a-b_c', slot, session: record.id, fence: 1 },
      });
      expect(statementName(record).startsWith(sessionNamePrefix(record))).toBe(true);
    }),
  );
});

it.each([
  '',
  'nightly load',
  'slotkeeper/v1/analytics/acme/0/x',
  'slotkeeper/v1/analytics/acme/0/x/1/2',
  'slotkeeper/v1/analytics/Acme/0/x/1',
  'slotkeeper/v1/analytics/a#b/0/x/1',
  'slotkeeper/v1/%zz/acme/0/x/1',
  'slotkeeper/v1/a b/acme/0/x/1',
  'slotkeeper/v1/analytics/acme/-1/x/1',
])('does not take %j for one of the pool', (name) => {
  expect(parseStatementName(name)).toBeNull();
});
