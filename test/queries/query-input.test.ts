import { describe, expect, it } from 'vitest';
import { readQueryInput } from '../../src/queries/query-input.ts';

const ID = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';

describe('readQueryInput', () => {
  it.each([
    [
      { tenantId: 'acme', sql: 'select 1' },
      { kind: 'query', tenantId: 'acme', sql: 'select 1' },
    ],
    [
      {
        tenantId: 'acme',
        target: 'prod',
        sql: 'select :n',
        parameters: { n: 7, s: 'x', b: false, big: '9007199254740993' },
        maxRows: 10,
        timeoutSeconds: 5,
      },
      {
        kind: 'query',
        tenantId: 'acme',
        target: 'prod',
        sql: 'select :n',
        parameters: { n: 7, s: 'x', b: false, big: '9007199254740993' },
        maxRows: 10,
        timeoutSeconds: 5,
      },
    ],
    [
      { tenantId: 'acme', sql: 'select 1', wait: false },
      { kind: 'submit', tenantId: 'acme', sql: 'select 1', wait: false },
    ],
    [
      { tenantId: 'acme', statementId: ID, nextToken: 'abc', maxRows: 3 },
      { kind: 'result', tenantId: 'acme', statementId: ID, nextToken: 'abc', maxRows: 3 },
    ],
  ])('reads %j', (payload, expected) => {
    expect(readQueryInput(payload)).toEqual(expected);
  });

  it.each([
    [null, 'the payload is no object'],
    [{ tenantId: 'acme' }, 'either sql, to run a statement, or statementId'],
    [{ tenantId: 'acme', sql: 'select 1', statementId: ID }, 'either sql, to run a statement, or statementId'],
    [{ sql: 'select 1' }, 'tenantId: expected a tenant id'],
    [{ tenantId: 'Acme#1', sql: 'select 1' }, 'a tenant id of 1 to 40 lower-case letters'],
    [{ tenantId: 'acme', sql: '' }, 'sql: expected SQL text'],
    [{ tenantId: 'acme', sql: 'select 1', dbUser: 'awsuser' }, 'members that are not known here'],
    [{ tenantId: 'acme', sql: 'select 1', maxRows: 10_001 }, 'maxRows: expected a whole number from 1 to 10000'],
    [{ tenantId: 'acme', sql: 'select 1', timeoutSeconds: 0 }, 'timeoutSeconds: expected a whole number'],
    [{ tenantId: 'acme', sql: 'select 1', nextToken: 'a' }, 'nextToken together with statementId'],
    [{ tenantId: 'acme', statementId: ID, timeoutSeconds: 5 }, 'no timeoutSeconds together with statementId'],
    [{ tenantId: 'acme', statementId: "'; drop" }, 'statementId: expected the id of a statement'],
    [{ tenantId: 'acme', sql: 's', parameters: { a: null } }, 'parameters.a: expected a text that is not empty'],
    [{ tenantId: 'acme', sql: 's', parameters: { a: '' } }, 'parameters.a: expected a text that is not empty'],
    [{ tenantId: 'acme', sql: 's', parameters: { a: 2 ** 53 } }, 'parameters.a: expected an integer beyond 2^53'],
    [{ tenantId: 'acme', sql: 's', parameters: { 'a b': 1 } }, 'names of letters, digits and underscores'],
    [{ tenantId: 'acme', sql: 's', parameters: [1] }, 'parameters: expected values by name'],
  ])('refuses %j', (payload, expected) => {
    expect(() => readQueryInput(payload)).toThrow(
      expect.objectContaining({ name: 'BadRequest', message: expect.stringContaining(expected) }),
    );
  });

  it('repeats no value of a request that it refuses', () => {
    const secret = 'hunter2';
    const payload = { tenantId: secret.toUpperCase(), sql: [secret], parameters: { a: [secret] }, maxRows: secret };
    try {
      readQueryInput(payload);
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toMatch(/hunter2/i);
    }
  });
});
