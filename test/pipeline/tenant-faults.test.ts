import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { ListSessionsCommand } from '@aws-sdk/client-redshift-data';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeRule } from '../../local/faults/fault-plan.ts';
import { faultRule } from '../../local/faults/fault-rule.ts';
import type { LocalCloud } from '../../local/local-cloud.ts';
import { startLocalCloud } from '../../local/start-local-cloud.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';
import { cloudClients } from '../local/cloud-clients.ts';
import { TENANT_FAULT_TABLE } from './tenant-fault-table.ts';

const MINUTE = 60_000;
const clock = new VirtualClock();
/** What functions and the cloud wrote. */
const log: string[] = [];
let cloud: LocalCloud;
let aws: ReturnType<typeof cloudClients>;

beforeAll(async () => {
  cloud = await startLocalCloud({
    port: 0,
    postgresPort: 0,
    clock,
    schedules: false,
    configPath: fileURLToPath(new URL('../fixtures/tenants.yml', import.meta.url)),
    maxContainers: 2,
    functionTimeoutSeconds: 10,
    log: ({ source, text }) => log.push(`${source}: ${text}`),
  });
  aws = cloudClients(cloud.endpoint);
  await asAdmin(
    'create role tenant_acme login',
    'create role tenant_beta login',
    'create table ran (n int)',
    'create function mark(n int) returns int language sql volatile security definer as $$insert into public.ran values (n) returning n$$',
  );
});
afterEach(async () => {
  cloud.faults.clear();
  // Sessions and leases of the row are over by then.
  await clock.advance(20 * MINUTE);
});
afterAll(async () => {
  aws?.destroy();
  await cloud?.stop();
});

async function asAdmin(...statements: readonly string[]): Promise<Record<string, unknown>[]> {
  const admin = await cloud.redshift.connect({ user: 'awsuser', database: 'dev' });
  let rows: Record<string, unknown>[] = [];
  for (const statement of statements) {
    rows = (await admin.query(statement)).rows;
  }
  await admin.end();
  return rows;
}

/** What a caller gets: rows, or the name of an error. */
interface Seen {
  readonly rows: unknown;
  readonly error: string | null;
  readonly status: number | null;
}

type Ask = (tenant: string, n: number) => Promise<Seen>;

const query = (n: number) => ({ sql: 'select mark(:n::int)', parameters: { n }, timeoutSeconds: 1 });

const invoke: Ask = async (tenantId, n) => {
  const { FunctionError, Payload } = await aws.lambda.send(
    new InvokeCommand({
      FunctionName: 'slotkeeper-local-runQuery',
      Payload: JSON.stringify({ tenantId, ...query(n) }),
    }),
  );
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString('utf8'));
  return FunctionError === undefined
    ? { rows: answer.rows, error: null, status: null }
    : { rows: null, error: answer.errorType, status: null };
};

const post: Ask = async (tenant, n) => {
  const response = await fetch(`${cloud.endpoint}/query-api/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${JSON.stringify({ tenant, scope: 'queries' })}` },
    body: JSON.stringify(query(n)),
  });
  const body = (await response.json()) as { rows?: unknown; error?: { name: string } };
  return { rows: body.rows ?? null, error: body.error?.name ?? null, status: response.status };
};

/** Of a function that died API Gateway says no more than 500. */
const BY_LAMBDA = ['Runtime.ExitError', 'Sandbox.Timedout'];

let queries = 0;

/** A query that can be told from all others, of a tenant who has no session: those of the row before are closed. */
function queryOf(tenant: 'acme' | 'beta'): { tenant: string; n: number } {
  queries += 1;
  return { tenant, n: queries };
}

describe("a tenant's query that meets", { timeout: 120_000 }, () => {
  it.each(TENANT_FAULT_TABLE.map((row) => [describeRule(faultRule.parse(row.rule)), row] as const))(
    '%s',
    async (_, { rule, error, status, ran, slow }) => {
      const meet = async (ask: Ask, { tenant, n }: { tenant: string; n: number }) => {
        if (slow !== true) {
          cloud.faults.clear();
          cloud.faults.add(rule);
        }
        const { rows, error: name, status: code } = await ask(tenant, n);
        if (slow !== true) {
          cloud.faults.clear();
        }
        const [count] = await asAdmin(`select count(*)::int as n from ran where n = ${n}`);
        const isTold = ask === invoke || error === null || !BY_LAMBDA.includes(error);
        expect({ rows, error: name, status: code, ran: count?.['n'] }).toEqual({
          rows: error === null ? [[n]] : null,
          error: isTold ? error : null,
          status: ask === invoke ? null : status,
          ran,
        });
      };
      const [first, second] = [queryOf('acme'), queryOf('beta')];
      if (slow) {
        cloud.faults.add({ ...rule, times: 2 });
        await Promise.all([meet(invoke, first), meet(post, second)]);
        cloud.faults.clear();
      } else {
        await meet(invoke, first);
        await meet(post, second);
      }

      // Nothing of it is left once leases are over: the next query runs, and on its own tenant's session.
      await clock.advance(MINUTE);
      expect(await invoke(first.tenant, first.n)).toMatchObject({ rows: [[first.n]], error: null });
    },
  );

  it.each([
    ['+', 5],
    ['-', 5],
  ])('clock of functions: %s300s', async (sign, minutes) => {
    const { tenant, n } = queryOf('acme');
    cloud.lambda.pool.setClockSkew(Number(`${sign}${minutes}`) * MINUTE);
    const seen = [await invoke(tenant, n), await post(tenant, n)];
    cloud.lambda.pool.setClockSkew(0);
    seen.push(await invoke(tenant, n));
    expect(seen.map(({ rows }) => rows)).toEqual([[[n]], [[n]], [[n]]]);
  });
});

it('no SQL and no SessionId is in what was written meanwhile', async () => {
  const lists = await Promise.all(
    (['AVAILABLE', 'CLOSED'] as const).map((Status) => aws.redshiftData.send(new ListSessionsCommand({ Status }))),
  );
  const Sessions = lists.flatMap((list) => list.Sessions ?? []);
  const written = log.join('\n');
  expect(written.length).toBeGreaterThan(1_000);
  expect(Sessions.length).toBeGreaterThan(0);
  expect(Sessions.filter(({ SessionId }) => written.includes(SessionId ?? ''))).toEqual([]);
  expect(written).not.toMatch(/select|mark\(/i);
});

describe('docs/faults.md', () => {
  it("has a row for each of these faults, which says what a tenant's caller sees, and no other row", () => {
    const page = readFileSync(new URL('../../docs/faults.md', import.meta.url), 'utf8');
    const section = /\n## What a tenant's caller sees\n(.*?)\n## /s.exec(page)?.[1] ?? '';
    const rows = section.split('\n').flatMap((line) => /^(\| `.*?) \| [^|]+ \|$/.exec(line)?.[1] ?? []);
    const held = TENANT_FAULT_TABLE.map(
      ({ rule, error, status, ran }) =>
        `| \`${describeRule(faultRule.parse(rule))}\` | ${error === null ? 'rows' : `\`${error}\``} | ${status} | ${ran === 1 ? 'once' : 'no'}`,
    );
    held.push(...['+', '-'].map((sign) => `| \`clock of functions: ${sign}300s\` | rows | 200 | once`));
    expect(rows.toSorted()).toEqual(held.toSorted());
  });
});
