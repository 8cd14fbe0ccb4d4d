import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { ListSessionsCommand } from '@aws-sdk/client-redshift-data';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CloudLogEntry, LocalCloud } from '../../local/local-cloud.ts';
import { startLocalCloud } from '../../local/start-local-cloud.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';
import { poolKeyOf } from '../../src/pool/pool-key.ts';
import { createDynamoDbSessionPoolTable } from '../../src/session-table/dynamodb-session-pool-table.ts';
import { cloudClients } from '../local/cloud-clients.ts';
import { until } from '../pipeline/until.ts';

const EXACT = `select 9007199254740993::bigint as big, 42 as small, 1.50::numeric(10,2) as price, 0.5::float8 as ratio,
  true as yes, null::int as nothing, 'O''Hara' as name`;

let cloud: LocalCloud;
let aws: ReturnType<typeof cloudClients>;
const clock = new VirtualClock();
const log: CloudLogEntry[] = [];

beforeAll(async () => {
  cloud = await startLocalCloud({
    port: 0,
    postgresPort: 0,
    clock,
    schedules: false,
    configPath: fileURLToPath(new URL('../fixtures/tenants.yml', import.meta.url)),
    maxContainers: 2,
    log: (entry) => log.push(entry),
  });
  aws = cloudClients(cloud.endpoint);
  const admin = await cloud.redshift.connect({ user: 'awsuser', database: 'dev', applicationName: 'test' });
  for (const user of ['tenant_acme', 'tenant_beta']) {
    await admin.query(`create role ${user} login`);
  }
  await admin.end();
});

afterAll(async () => {
  aws?.destroy();
  await cloud?.stop();
});

async function invoke(key: string, payload: unknown) {
  const { FunctionError, Payload } = await aws.lambda.send(
    new InvokeCommand({ FunctionName: `slotkeeper-local-${key}`, Payload: JSON.stringify(payload) }),
  );
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString('utf8'));
  return FunctionError === undefined ? answer : { errorType: answer.errorType, errorMessage: answer.errorMessage };
}

const query = (payload: object) => invoke('runQuery', { tenantId: 'acme', ...payload });

/** The states of a tenant's sessions. */
async function statesOf(tenant: string): Promise<string[]> {
  const table = createDynamoDbSessionPoolTable({
    client: DynamoDBDocumentClient.from(aws.dynamodb),
    tableName: cloud.table,
    retentionSeconds: 3600,
    now: () => clock.now(),
  });
  const target = { name: 'local', cluster: 'local', database: 'dev', dbUserTemplate: 'tenant_{tenantId}' };
  return (await table.readPool(poolKeyOf(target, tenant))).sessions.map(({ state }) => state);
}

describe("the functions of tenants' queries", () => {
  it.each(['run-query', 'query-over-http', 'release-session', 'sweep-pools'])(
    '%s is a handler of at most 25 lines',
    (file) => {
      const text = readFileSync(new URL(`../../functions/${file}.ts`, import.meta.url), 'utf8');
      expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(25);
    },
  );

  it("run as the tenant's own user, exact to the last digit, on the session of the query before", async () => {
    const who = await query({ sql: 'select current_user as who' });
    expect(who).toMatchObject({ status: 'finished', rows: [['tenant_acme']], nextToken: null, reusedSession: false });
    const answer = await query({ sql: EXACT });
    expect(answer).toMatchObject({
      columns: [
        { name: 'big', type: 'int8' },
        { name: 'small', type: 'int4' },
        { name: 'price', type: 'numeric' },
        { name: 'ratio', type: 'float8' },
        { name: 'yes', type: 'bool' },
        { name: 'nothing', type: 'int4' },
        { name: 'name' },
      ],
      rows: [['9007199254740993', 42, '1.50', 0.5, true, null, "O'Hara"]],
      reusedSession: true,
    });
    expect(answer.statementId).toMatch(/^[0-9a-f-]{36}$/);
    const other = await query({ tenantId: 'beta', sql: 'select current_user, :n::int', parameters: { n: 7 } });
    expect(other).toMatchObject({ rows: [['tenant_beta', 7]], reusedSession: false });
  });

  it('are there over HTTP, as the tenant whom the authorizer names, on the same sessions', async () => {
    const { Stacks } = await aws.cloudformation.send(new DescribeStacksCommand({ StackName: 'slotkeeper-local' }));
    const url = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'QueryApiUrl')?.OutputValue ?? '';
    const post = async (claims: object, body: object) => {
      const headers = { authorization: `Bearer ${JSON.stringify({ scope: 'queries', ...claims })}` };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const who = { sql: 'select current_user as who, :n::int', parameters: { n: 7 } };
    expect(await post({ tenant: 'acme' }, who)).toMatchObject({ status: 200, body: { rows: [['tenant_acme', 7]] } });
    expect(await post({ tenant: 'beta' }, who)).toMatchObject({ status: 200, body: { rows: [['tenant_beta', 7]] } });

    const submitted = await post({ tenant: 'acme' }, { sql: 'select 42', wait: false });
    expect(submitted).toMatchObject({ status: 202, body: { status: 'running' } });
    const { statementId } = submitted.body;
    const ended = await until('the statement ends', async () => {
      const answer = await post({ tenant: 'acme' }, { statementId });
      return answer.status === 202 ? null : answer;
    });
    expect(ended).toMatchObject({ status: 200, body: { rows: [[42]] } });
    expect(await post({ tenant: 'beta' }, { statementId })).toMatchObject({ status: 400 });

    const error = (name: string) => ({ error: { name } });
    expect(await post({ tenant: 'acme' }, { ...who, tenantId: 'beta' })).toMatchObject({ status: 400 });
    expect(await post({}, who)).toMatchObject({ status: 403, body: error('NoTenant') });
    expect(await post({ tenant: 'stranger' }, who)).toMatchObject({ status: 403, body: error('TenantUnknown') });
    expect(await post({ tenant: 'acme' }, { sql: 'select * from no_such_table' })).toMatchObject({
      status: 409,
      body: { error: { name: 'StatementFailed', message: expect.stringContaining('no_such_table') } },
    });
    expect(await post({ tenant: 'acme', scope: 'mail' }, who)).toEqual({ status: 403, body: { message: 'Forbidden' } });
    expect((await fetch(url, { method: 'POST' })).status).toBe(401);
    expect((await fetch(url)).status).toBe(404);
    expect(log.map(({ text }) => text).join('')).not.toContain('current_user as who');
  });

  it('give the rest of the rows by token, and only to the tenant who ran the statement', async () => {
    const first = await query({ sql: 'select n from generate_series(1, 5) as t(n) order by n', maxRows: 2 });
    expect(first.rows).toEqual([[1], [2]]);
    const { statementId, nextToken } = first;
    const rest = await query({ statementId, nextToken, maxRows: 10 });
    expect(rest).toMatchObject({ status: 'finished', rows: [[3], [4], [5]], nextToken: null });
    expect(await query({ tenantId: 'beta', statementId })).toMatchObject({ errorType: 'BadRequest' });
  });

  it('name every failure, and say what Redshift says', async () => {
    expect(await query({ sql: 'select * from no_such_table' })).toMatchObject({
      errorType: 'StatementFailed',
      errorMessage: expect.stringContaining('"no_such_table" does not exist'),
    });
    expect(await query({ sql: 'select 1', dbUser: 'awsuser' })).toMatchObject({ errorType: 'BadRequest' });
    expect(await query({ tenantId: "x' or 1", sql: 'select 1' })).toMatchObject({ errorType: 'BadRequest' });
    expect(await query({ tenantId: 'stranger', sql: 'select 1' })).toMatchObject({
      errorType: 'TenantUnknown',
      errorMessage: expect.stringContaining('targets.local.pool.tenants'),
    });
    expect(await query({ tenantId: 'gone', sql: 'select 1' })).toMatchObject({ errorType: 'TenantUnknown' });
    expect(await query({ sql: 'select pg_sleep(30)', timeoutSeconds: 1 })).toMatchObject({
      errorType: 'QueryTimedOut',
    });
    // A failure leaves no session behind in which the next query would fail.
    expect(await query({ sql: 'select 1 as one' })).toMatchObject({ rows: [[1]] });
  });

  it('lease a session to a statement that nobody waits for, and give it back by its event', async () => {
    const submitted = await query({ tenantId: 'beta', sql: 'select pg_sleep(0.3), 7 as seven', wait: false });
    expect(submitted).toMatchObject({ status: 'running' });
    const { statementId } = submitted;
    await until('the session is free again', async () => {
      const states = await statesOf('beta');
      return states.includes('leased') || log.every(({ text }) => !text.includes('ReleaseSession')) ? null : states;
    });
    const result = await query({ tenantId: 'beta', statementId });
    expect(result).toMatchObject({ status: 'finished', columns: [{}, { name: 'seven' }] });
    expect(result.rows[0][1]).toBe(7);
    expect(log.some(({ text }) => text.includes('"outcome":"released"'))).toBe(true);
  });

  it('look after sessions whose holder did not come back', async () => {
    expect(await statesOf('acme')).toContain('leased');
    await clock.advance(7_000);
    expect(await invoke('sweepPools', {})).toMatchObject({ local: { failed: 0 } });
    expect([...(await statesOf('acme')), ...(await statesOf('beta'))]).not.toContain('leased');
  });

  it('log neither SQL nor rows nor a SessionId, and tell their figures by tenant', async () => {
    const text = log.map((entry) => entry.text).join('\n');
    expect(text).toContain('"function":"RunQuery"');
    expect(text).not.toMatch(/select|no_such_table|O'Hara|9007199254740993/i);
    const { Sessions: sessions = [] } = await aws.redshiftData.send(
      new ListSessionsCommand({ ClusterIdentifier: 'local' }),
    );
    expect(sessions.length).toBeGreaterThan(0);
    expect(sessions.filter(({ SessionId }) => text.includes(String(SessionId)))).toEqual([]);
    const figures = text.split('\n').flatMap((line) => (line.includes('"_aws"') ? [JSON.parse(line)] : []));
    expect(figures.some((line) => line.tenant === 'acme' && line.SessionHit >= 1)).toBe(true);
    expect(figures.some((line) => line.tenant === 'acme' && line.SessionMiss === 1 && line.SessionCreated === 1)).toBe(
      true,
    );
    expect(figures.every((line) => line.target === 'local')).toBe(true);
  });
});
