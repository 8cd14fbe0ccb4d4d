import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { QueryResult, SessionPool, StatementResult, SweepReport } from '../../src/pool/session-pool.ts';
import { createTenantPools } from '../../src/queries/create-tenant-pools.ts';
import { readQueryInput } from '../../src/queries/query-input.ts';
import { createReleaseSession, readStatementEvent } from '../../src/queries/release-session.ts';
import { createRunQuery } from '../../src/queries/run-query.ts';
import { createSweepPools } from '../../src/queries/sweep-pools.ts';

const ID = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';

const RESULT: QueryResult = {
  statementId: ID,
  columns: [{ name: 'n', type: 'int8' }],
  rows: [['9007199254740993']],
  nextToken: null,
  reusedSession: true,
};

const SWEPT: SweepReport = { seen: 3, released: 1, slotsFreed: 0, failed: 0 };

function configOf(...targets: string[]) {
  return parseConfig(
    `targets:
${targets.map((target) => `  ${target}`).join('\n')}
policies: { default: [{ name: everyone, terminateAfter: 1h }] }
notices: { defaultOwner: team@example.com }
`,
    'slotkeeper.yml',
  );
}

const PLACE = 'engine: redshift, slots: { limit: 100 }, policy: default';
const PROD = `prod: { ${PLACE}, cluster: one, database: dev, pool: { dbUser: "tenant_{tenantId}", tenants: [acme, "shop-*"] } }`;
const TEST = `test: { ${PLACE}, cluster: two, database: test, pool: { dbUser: "t_{tenantId}" } }`;
const PLAIN = `plain: { ${PLACE}, cluster: three, database: dev }`;

/** Pools that remember what they were asked. */
function createWorld(options: { targets?: string[]; result?: QueryResult; later?: StatementResult } = {}) {
  const asked: unknown[][] = [];
  const made: string[] = [];
  const pools = createTenantPools(configOf(...(options.targets ?? [PROD, PLAIN])), (target) => {
    made.push(target.name);
    const note = (what: string, request: unknown) => void asked.push([target.name, what, request]);
    const pool: SessionPool = {
      query: async (request) => {
        note('query', request);
        return options.result ?? RESULT;
      },
      submit: async (request) => {
        note('submit', request);
        return { statementId: ID, reusedSession: false };
      },
      result: async (request) => {
        note('result', request);
        return options.later ?? { status: 'running', statementId: ID };
      },
      releaseByStatement: async (event) => {
        note('release', event);
        return 'released';
      },
      withSession: () => Promise.reject(new Error('not used here')),
      sweep: async (admits = () => true) => {
        note('sweep', ['acme', 'shop-7', 'stranger'].filter(admits));
        if (target.name === 'prod') {
          throw new Error('throttled');
        }
        return SWEPT;
      },
      giveBack: () => Promise.reject(new Error('not used here')),
    };
    return pool;
  });
  const runQuery = createRunQuery(pools);
  return {
    asked,
    made,
    sweep: createSweepPools(pools),
    run: (payload: unknown, remainingMs: number | null = null) => runQuery(readQueryInput(payload), remainingMs),
    release: (payload: unknown) => createReleaseSession(pools)(readStatementEvent(payload)),
  };
}

describe('run-query', () => {
  it('runs a statement on the only pool and answers what it gave, with the default timeout', async () => {
    const { run, asked } = createWorld();
    expect(await run({ tenantId: 'acme', sql: 'select :n', parameters: { n: 1 }, maxRows: 5 })).toEqual({
      status: 'finished',
      ...RESULT,
    });
    expect(asked).toEqual([
      ['prod', 'query', { tenantId: 'acme', sql: 'select :n', parameters: { n: 1 }, maxRows: 5, timeoutMs: 60_000 }],
    ]);
  });

  it('submits a statement that is not waited for, and fetches its rows later', async () => {
    const { nextToken, columns, rows } = RESULT;
    const later: StatementResult = { status: 'finished', statementId: ID, columns, rows, nextToken };
    const { run, asked } = createWorld({ later });
    expect(await run({ tenantId: 'acme', sql: 'select 1', wait: false, timeoutSeconds: 7200 }, 30_000)).toEqual({
      status: 'running',
      statementId: ID,
      reusedSession: false,
    });
    expect(await run({ tenantId: 'acme', statementId: ID, nextToken: 'abc', maxRows: 2 })).toEqual(later);
    expect(asked).toEqual([
      ['prod', 'submit', { tenantId: 'acme', sql: 'select 1', timeoutMs: 7_200_000 }],
      ['prod', 'result', { tenantId: 'acme', statementId: ID, nextToken: 'abc', maxRows: 2 }],
    ]);
  });

  it('says that a statement is still running', async () => {
    const { run } = createWorld();
    expect(await run({ tenantId: 'acme', statementId: ID })).toEqual({ status: 'running', statementId: ID });
  });

  it('lets a statement run no longer than the invocation can still wait for it', async () => {
    const { run, asked } = createWorld();
    // 20 s of waiting for a session and 5 s for the end of the work come off.
    await run({ tenantId: 'acme', sql: 'select 1' }, 65_000);
    await run({ tenantId: 'acme', sql: 'select 1', timeoutSeconds: 40 }, 65_000);
    await expect(run({ tenantId: 'acme', sql: 'select 1', timeoutSeconds: 41 }, 65_000)).rejects.toMatchObject({
      name: 'BadRequest',
      message: expect.stringContaining('(40 s after 20 s of waiting for a session), got 41'),
    });
    await expect(run({ tenantId: 'acme', sql: 'select 1' }, 25_000)).rejects.toMatchObject({ name: 'BadRequest' });
    expect(asked.map(([, , request]) => request)).toEqual([
      { tenantId: 'acme', sql: 'select 1', timeoutMs: 40_000 },
      { tenantId: 'acme', sql: 'select 1', timeoutMs: 40_000 },
    ]);
  });

  it('says where the rows are that Lambda would not let out', async () => {
    const rows = Array.from({ length: 100 }, () => ['x'.repeat(60_000)]);
    const { run } = createWorld({ result: { ...RESULT, rows } });
    await expect(run({ tenantId: 'acme', sql: 'select 1' })).rejects.toMatchObject({
      name: 'ResultTooLarge',
      statementId: ID,
      message: expect.stringContaining(`Statement ${ID} has run, do not run it again`),
    });
  });

  it('serves the tenants that the target admits, and makes its pool once', async () => {
    const { run, made } = createWorld();
    await run({ tenantId: 'shop-7', sql: 'select 1' });
    await run({ tenantId: 'acme', sql: 'select 1', target: 'prod' });
    await expect(run({ tenantId: 'acme2', sql: 'select 1' })).rejects.toMatchObject({
      name: 'TenantUnknown',
      message: expect.stringContaining('targets.prod.pool.tenants'),
    });
    expect(made).toEqual(['prod']);
  });

  it.each([
    [[PLAIN], undefined, 'a target with a pool in slotkeeper.yml, but none has one'],
    [[PROD, TEST], undefined, 'a target, one of prod, test'],
    [[PROD, PLAIN], 'plain', 'one with a pool (prod)'],
    [[PROD], "x'; drop", 'one with a pool (prod)'],
  ])('refuses a request from which the target does not follow: %j', async (targets, target, expected) => {
    const { run } = createWorld({ targets });
    const payload = { tenantId: 'acme', sql: 'select 1', ...(target === undefined ? {} : { target }) };
    await expect(run(payload)).rejects.toMatchObject({
      name: 'BadRequest',
      message: expect.stringContaining(expected),
    });
  });
});

describe('release-session', () => {
  const event = (detail: object) => ({
    version: '0',
    source: 'aws.redshift-data',
    'detail-type': 'Redshift Data Statement Status Change',
    time: '2026-11-20T12:00:00Z',
    resources: [],
    detail: { statementId: ID, statementName: 'slotkeeper/v1/test/acme/3/abc/7', state: 'FINISHED', ...detail },
  });

  it('hands the event to the pool whose statement it was', async () => {
    const { release, asked } = createWorld({ targets: [PROD, TEST] });
    expect(await release(event({}))).toEqual({ statementId: ID, outcome: 'released' });
    expect(asked).toEqual([
      [
        'test',
        'release',
        {
          statementId: ID,
          statementName: 'slotkeeper/v1/test/acme/3/abc/7',
          state: 'FINISHED',
          at: '2026-11-20T12:00:00Z',
        },
      ],
    ]);
  });

  it.each([
    [{ statementName: 'nightly' }],
    [{ statementName: '' }],
    [{ statementName: 'slotkeeper/v1/plain/acme/3/abc/7' }],
    [{ statementName: 'slotkeeper/v1/nowhere/acme/3/abc/7' }],
    // A tenant with a function, and a role, of its own.
    [{ statementName: 'slotkeeper/v1/prod/stranger/3/abc/7' }],
    [{ state: 'STARTED' }],
  ])('leaves other events alone: %j', async (detail) => {
    const { release, asked } = createWorld({ targets: [PROD, TEST, PLAIN] });
    expect(await release(event(detail))).toEqual({ statementId: ID, outcome: 'ignored' });
    expect(asked).toEqual([]);
  });

  it('refuses what is no such event, naming the members', () => {
    expect(() => readStatementEvent({ ...event({}), source: 'me', detail: {} })).toThrow(
      expect.objectContaining({
        name: 'InvalidStatementEvent',
        message: expect.stringMatching(/but source, detail.statementId, detail.state is not/),
      }),
    );
  });
});

describe('sweep-pools', () => {
  it('looks after the pool of every target that has one', async () => {
    expect(await createWorld({ targets: [TEST, PLAIN] }).sweep()).toEqual({ test: SWEPT });
    expect(await createWorld({ targets: [PLAIN] }).sweep()).toEqual({});
  });

  it('gives every target its turn before it fails', async () => {
    const { sweep, made, asked } = createWorld({ targets: [PROD, TEST] });
    await expect(sweep()).rejects.toMatchObject({
      name: 'SweepFailed',
      message: expect.stringContaining('could not for prod.'),
      cause: expect.objectContaining({ message: 'throttled' }),
    });
    expect(made).toEqual(['prod', 'test']);
    // Each with the tenants that it admits: the sessions of others belong to another role.
    expect(asked).toEqual([
      ['prod', 'sweep', ['acme', 'shop-7']],
      ['test', 'sweep', ['acme', 'shop-7', 'stranger']],
    ]);
  });
});
