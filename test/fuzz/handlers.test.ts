import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SlotkeeperError } from '../../src/errors/slotkeeper-error.ts';
import { FUZZ_TIMEOUT_MS, fuzzParameters } from './fuzz-parameters.ts';
import { hostileJson, mutated, SECRET } from './hostile-values.ts';

type Handler = (event: unknown) => Promise<unknown>;

const FOLDER = new URL('../../functions/', import.meta.url);
const FILES = readdirSync(FOLDER).sort();
const CONFIG = `
targets:
  analytics:
    { engine: redshift, cluster: local, database: dev, dbUser: awsuser, slots: { limit: 100, keepFree: 10 },
      policy: default, pool: { dbUser: 'tenant_{tenantId}', tenants: [acme] } }
policies:
  default:
    - { name: everyone, match: {}, warnAfter: 30m, terminateAfter: 1h }
notices:
  defaultOwner: data-platform@example.com
api:
  jwt: { issuer: https://id.example.com/, audience: slotkeeper, tenantClaim: tenant }
`;

const handlers = new Map<string, Handler>();
const lines: string[] = [];
let directory = '';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'slotkeeper-fuzz-'));
  const config = join(directory, 'slotkeeper.yml');
  writeFileSync(config, CONFIG);
  // Nothing listens there: what passes for a payload fails at the first call, so no event can do anything.
  const environment = {
    POWERTOOLS_DEV: 'true',
    SLOTKEEPER_CONFIG: config,
    SLOTKEEPER_TABLE: 'sessions',
    SLOTKEEPER_OWNERS_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:owners',
    SLOTKEEPER_OPERATORS_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:operators',
    SLOTKEEPER_SNOOZE_URL: 'http://127.0.0.1:1/',
    SLOTKEEPER_SNOOZE_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:key',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_MAX_ATTEMPTS: '1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  for (const [name, value] of Object.entries(environment)) {
    vi.stubEnv(name, value);
  }
  for (const level of ['debug', 'info', 'warn', 'error', 'log'] as const) {
    vi.spyOn(console, level).mockImplementation((line: unknown) => void lines.push(String(line)));
  }
  for (const file of FILES) {
    const { handler } = (await import(new URL(file, FOLDER).href)) as { handler: Handler };
    handlers.set(file, handler);
  }
});

afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

beforeEach(() => void lines.splice(0));

const SQL = `select '${SECRET}'`;

const RUN = { target: 'analytics', id: 'run-1', startedAt: '2026-11-20T15:00:00.000Z', dryRun: false };
const ENTERED = {
  runId: 'run-1',
  startedAt: RUN.startedAt,
  execution: 'arn:aws:states:us-east-1:000000000000:execution:x:y',
};
const ROUND = { run: RUN, round: 0 };
const NOTICE = { run: RUN, notice: { noticeId: 'n' } };
const ASKED = { ...ROUND, terminationId: 't', statementId: 's' };

/** What each function is handed, as it should be. */
const EVENTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'begin-run.ts': { ...ENTERED, input: { target: 'analytics', dryRun: true } },
  'end-postgres-sessions.ts': ROUND,
  'fail-run.ts': { ...ENTERED, state: { run: RUN, error: { Error: 'E', Cause: SQL } } },
  'finish-run.ts': { run: RUN },
  'plan-actions.ts': { run: RUN, statementId: 's' },
  'plan-postgres-actions.ts': { run: RUN },
  'publish-notice.ts': NOTICE,
  'query-over-http.ts': {
    version: '2.0',
    requestContext: { accountId: '000000000000', authorizer: { jwt: { claims: { tenant: 'acme' } } } },
    body: JSON.stringify({ sql: SQL, parameters: { a: SQL } }),
    isBase64Encoded: false,
  },
  'record-notice.ts': { ...NOTICE, receipt: { messageId: 'm', channel: 'sns', at: RUN.startedAt } },
  'record-notice-failure.ts': { ...NOTICE, error: { Error: 'E', Cause: SQL } },
  'record-outcomes.ts': ASKED,
  'record-postgres-outcomes.ts': { ...ROUND, terminationId: 't' },
  'release-session.ts': {
    source: 'aws.redshift-data',
    'detail-type': 'Redshift Data Statement Status Change',
    time: RUN.startedAt,
    detail: { statementId: 'x', statementName: SQL, state: 'FINISHED' },
  },
  'run-query.ts': { tenantId: 'acme', sql: SQL, parameters: { a: SQL }, timeoutSeconds: 5 },
  'snooze-session.ts': {
    version: '2.0',
    rawQueryString: `link=${SECRET}`,
    requestContext: { http: { method: 'POST' } },
  },
  'submit-outcome-query.ts': ROUND,
  'submit-session-query.ts': { run: RUN },
  'submit-termination.ts': ROUND,
  'sweep-pools.ts': {},
};

/** The members of a run are what is logged before anything is checked. */
const hostileRun = fc.oneof(
  mutated({ target: SQL, id: SQL, dryRun: SQL }),
  mutated(RUN),
  fc.constant({ target: { toString: 1 }, id: { valueOf: null } }),
);

function hostileEvent(file: string): fc.Arbitrary<unknown> {
  const event = EVENTS[file] ?? {};
  return fc.oneof(
    { weight: 4, arbitrary: mutated(event) },
    { weight: 2, arbitrary: hostileRun.map((run) => ({ ...event, run })) },
    hostileJson,
    fc.constantFrom<unknown>(undefined, null, 0, '', SQL, [SQL]),
  );
}

describe('the Lambda functions under hostile events', { timeout: FUZZ_TIMEOUT_MS }, () => {
  it('are all of functions/', () => {
    expect(Object.keys(EVENTS).sort()).toEqual(FILES);
  });

  it.each(FILES)('%s refuses with an error of its own, and tells none of the event', async (file) => {
    const handler = handlers.get(file) as Handler;
    await fc.assert(
      fc.asyncProperty(hostileEvent(file), async (event) => {
        lines.splice(0);
        // As Lambda hands it over: a payload is JSON.
        const given: unknown = event === undefined ? undefined : JSON.parse(JSON.stringify(event));
        const thrown = await handler(given).then(
          () => null,
          (error: unknown) => error,
        );
        expect(lines.join('\n')).not.toContain(SECRET);
        expect(lines.length).toBeGreaterThanOrEqual(1);
        expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(10_000);
        if (thrown !== null) {
          expect(thrown).toBeInstanceOf(Error);
          const isOurs = thrown instanceof SlotkeeperError;
          // Past all checks the first call finds nobody there.
          expect(isOurs || /ECONNREFUSED/.test(String(thrown))).toBe(true);
          expect((thrown as Error).message).not.toContain(SECRET);
          expect((thrown as Error).message.length).toBeLessThan(5_000);
        }
      }),
      fuzzParameters(60),
    );
  });
});
