import { describe, expect, it } from 'vitest';
import { authorize } from '../../local/query-api/test-authorizer.ts';
import type { ApiAuthorizer } from '../../src/config/api-config.ts';
import { BadRequest } from '../../src/pool/errors/bad-request.ts';
import { PoolExhausted } from '../../src/pool/errors/pool-exhausted.ts';
import { QueryTimedOut } from '../../src/pool/errors/query-timed-out.ts';
import { StatementFailed } from '../../src/pool/errors/statement-failed.ts';
import { NoTenant, Unauthorized } from '../../src/queries/api-refusals.ts';
import { readHttpQuery } from '../../src/queries/read-http-query.ts';
import { TenantNotAdmitted } from '../../src/queries/tenant-not-admitted.ts';
import { toHttpAnswer, toHttpError } from '../../src/queries/to-http-answer.ts';
import { StoredItemUnreadable } from '../../src/session-table/stored-item-unreadable.ts';
import { DataApiFailed } from '../../src/warehouse/data-api-failed.ts';

const JWT: ApiAuthorizer = {
  kind: 'jwt',
  issuer: 'https://id.example.com/',
  audience: ['slotkeeper'],
  tenantClaim: 'tenant',
  scopes: [],
};
const IAM: ApiAuthorizer = { kind: 'iam', role: 'queries-{tenantId}-app' };
const ACCOUNT = '123456789012';

/** An event of payload format 2.0 with what the authorizer said. */
function event(authorizer: unknown, body: unknown = { sql: 'select 1' }) {
  return {
    version: '2.0',
    requestContext: { accountId: ACCOUNT, authorizer },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
  };
}

const byToken = (claims: Readonly<Record<string, unknown>>) => ({ jwt: { claims, scopes: null } });
const byRole = (userArn: string) => ({ iam: { userArn, accountId: ACCOUNT } });
const ACME = byToken({ tenant: 'acme' });

/** The name of what is thrown, and what it says. */
function refusalOf(read: () => unknown): string {
  try {
    return JSON.stringify(read());
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : 'no error';
  }
}

describe('the tenant of a request over HTTP', () => {
  it('is the claim of the token', () => {
    expect(readHttpQuery(event(ACME), JWT)).toEqual({ kind: 'query', tenantId: 'acme', sql: 'select 1' });
    const encoded = {
      ...event(ACME),
      body: Buffer.from('{"sql":"select 2"}').toString('base64'),
      isBase64Encoded: true,
    };
    expect(readHttpQuery(encoded, JWT)).toMatchObject({ tenantId: 'acme', sql: 'select 2' });
  });

  it.each([
    ['arn:aws:sts::123456789012:assumed-role/queries-acme-app/session-1', 'acme'],
    ['arn:aws-cn:sts::123456789012:assumed-role/queries-a-b-app/x', 'a-b'],
  ])('is part of the name of the role: %s', (arn, tenantId) => {
    expect(readHttpQuery(event(byRole(arn)), IAM)).toMatchObject({ tenantId });
  });

  it.each([
    ['of another account', 'arn:aws:sts::999999999999:assumed-role/queries-acme-app/session-1'],
    ['of another name', 'arn:aws:sts::123456789012:assumed-role/queries-acme/session-1'],
    ['that leaves no tenant', 'arn:aws:sts::123456789012:assumed-role/queries--app/session-1'],
    ['that is none but a user', 'arn:aws:iam::123456789012:user/queries-acme-app'],
    ['with the name in the session', 'arn:aws:sts::123456789012:assumed-role/other/queries-acme-app'],
    ['whose tenant is no tenant id', 'arn:aws:sts::123456789012:assumed-role/queries-ACME-app/session-1'],
  ])('is nobody for a role %s', (_, arn) => {
    expect(refusalOf(() => readHttpQuery(event(byRole(arn)), IAM))).toMatch(/^NoTenant: .*Nothing was run\.$/);
  });

  it.each([
    ['has none', {}],
    ['has several', { tenant: ['acme', 'beta'] }],
    ['has a number', { tenant: 7 }],
    ['has one of another form', { tenant: 'Acme#1' }],
    ['has it under another name', { tenantId: 'acme' }],
  ])('is nobody for a token that %s', (_, claims) => {
    expect(refusalOf(() => readHttpQuery(event(byToken(claims)), JWT))).toMatch(/^NoTenant: /);
  });

  it('is nobody for a claim that every object has', () => {
    const read = () => readHttpQuery(event(byToken({})), { ...JWT, tenantClaim: 'constructor' });
    expect(refusalOf(read)).toMatch(/^NoTenant: /);
  });

  it.each([
    ['no authorizer', event(undefined), JWT],
    ['an authorizer of another kind', event(byRole('arn:aws:sts::123456789012:assumed-role/queries-acme-app/s')), JWT],
    ['a token where roles are asked for', event(ACME), IAM],
    ['an event that is none', { tenantId: 'acme', sql: 'select 1' }, JWT],
  ])('is not asked for with %s', (_, request, authorizer) => {
    expect(refusalOf(() => readHttpQuery(request, authorizer))).toMatch(/^Unauthorized: /);
  });

  it('is never who the body says, not even the same one', () => {
    for (const tenantId of ['beta', 'acme', null]) {
      const read = () => readHttpQuery(event(ACME, { tenantId, sql: 'select 1' }), JWT);
      expect(refusalOf(read)).toMatch(/^BadRequest: Expected no tenantId in the body/);
    }
    expect(refusalOf(() => readHttpQuery(event(ACME, '{"__proto__":{"tenantId":"beta"},"sql":"x"}'), JWT))).toMatch(
      /^BadRequest: |"tenantId":"acme"/,
    );
  });

  it.each(['', '[]', 'null', '{', '"text"'])('does not matter for a body that is no request: %s', (body) => {
    expect(refusalOf(() => readHttpQuery(event(ACME, body), JWT))).toMatch(/^BadRequest: Expected a JSON object/);
  });
});

describe('an answer over HTTP', () => {
  const statementId = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
  const finished = { status: 'finished' as const, statementId, columns: [], rows: [[1]], nextToken: null };

  it('is 200 with rows and 202 for a statement that still runs, kept by nobody', () => {
    expect(toHttpAnswer(finished)).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-store' } });
    expect(JSON.parse(toHttpAnswer(finished).body)).toEqual(finished);
    expect(toHttpAnswer({ status: 'running', statementId })).toMatchObject({ statusCode: 202 });
  });

  it('is measured as Lambda will see it, text within text', () => {
    // 4 MB of quotes are 8 MB within JSON, and 12 MB within that.
    const rows = [['"'.repeat(2_000_000)]];
    expect(() => toHttpAnswer({ ...finished, rows })).toThrow(/ask for its rows with its statementId/);
  });

  it.each([
    [new BadRequest('No.'), 400, 'BadRequest'],
    [new Unauthorized(), 401, 'Unauthorized'],
    [new NoTenant('a tenant'), 403, 'NoTenant'],
    [new TenantNotAdmitted('acme', 'prod'), 403, 'TenantUnknown'],
    [new StatementFailed({ statementId, status: 'FAILED' }, 'ERROR: no'), 409, 'StatementFailed'],
    [new PoolExhausted('No session.'), 429, 'PoolExhausted'],
    [new QueryTimedOut(statementId, 4000), 504, 'QueryTimedOut'],
    [new StoredItemUnreadable('session', 'it is a secret of ours'), 500, 'InternalError'],
    [
      new DataApiFailed({ operation: 'ExecuteStatement', target: 'prod', reason: null }, 'a secret of ours'),
      503,
      'DataApiFailed',
    ],
    [new TypeError('a secret of ours'), 500, 'InternalError'],
  ])('tells %s as a status', (error, statusCode, name) => {
    const answer = toHttpError(error);
    expect(answer.statusCode).toBe(statusCode);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { name } });
    expect(answer.body).not.toContain('secret of ours');
    expect('retry-after' in answer.headers).toBe(statusCode === 429 || statusCode === 503);
  });

  it('names the statement that failed', () => {
    const { body } = toHttpError(new StatementFailed({ statementId, status: 'FAILED' }, 'ERROR: no'));
    expect(JSON.parse(body)).toEqual({ error: { name: 'StatementFailed', message: 'ERROR: no', statementId } });
  });
});

describe("the embedded cloud's authorizer", () => {
  const NOW = new Date('2026-11-20T15:00:00Z');
  const seconds = NOW.getTime() / 1000;
  const bearer = (said: unknown) => `Bearer ${JSON.stringify(said)}`;
  const WITH_SCOPE = { ...JWT, scopes: ['queries'] };

  it('hands the claims over as texts', () => {
    expect(authorize(bearer({ tenant: 'acme', n: 7, groups: ['a', 'b'] }), JWT, NOW)).toEqual({
      ok: true,
      authorizer: { jwt: { claims: { tenant: 'acme', n: '7', groups: '[a b]' }, scopes: null } },
    });
  });

  it.each([
    ['no header', undefined, JWT, 401],
    ['no claims', 'Bearer abc', JWT, 401],
    ['another issuer', bearer({ iss: 'https://other.example.com/' }), JWT, 401],
    ['another audience', bearer({ aud: 'other' }), JWT, 401],
    ['another client', bearer({ client_id: 'other' }), JWT, 401],
    ['a token of yesterday', bearer({ exp: seconds }), JWT, 401],
    ['a token of tomorrow', bearer({ nbf: seconds + 1 }), JWT, 401],
    ['no scope', bearer({}), WITH_SCOPE, 403],
    ['another scope', bearer({ scope: 'mail profile' }), WITH_SCOPE, 403],
    ['no identity', bearer({ tenant: 'acme' }), IAM, 403],
  ])('refuses %s', (_, header, authorizer, status) => {
    expect(authorize(header, authorizer, NOW)).toMatchObject({ ok: false, status });
  });

  it('takes a token that names what the configuration names', () => {
    const claims = { iss: JWT.issuer, aud: ['x', 'slotkeeper'], exp: seconds + 1, nbf: seconds, scope: 'mail queries' };
    expect(authorize(bearer(claims), WITH_SCOPE, NOW).ok).toBe(true);
  });
});
