import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AslMachine, allStates } from '../../local/step-functions/asl.ts';

const FOLDER = new URL('../../functions/', import.meta.url);
/** The functions of tenants' queries, and that behind the links of notices; the others are steps of a run. */
const OTHER_FILES = ['query-over-http.ts', 'release-session.ts', 'run-query.ts', 'snooze-session.ts', 'sweep-pools.ts'];
const FILES = readdirSync(FOLDER)
  .filter((file) => !OTHER_FILES.includes(file))
  .sort();
const CONFIG = `
targets:
  analytics:
    engine: redshift
    cluster: local
    database: dev
    dbUser: awsuser
    slots: { limit: 100, keepFree: 10 }
    policy: default
policies:
  default:
    - { name: everyone, match: {}, warnAfter: 30m, terminateAfter: 1h }
notices:
  defaultOwner: data-platform@example.com
`;
const RUN = { target: 'analytics', id: 'run-1', startedAt: '2026-11-20T15:00:00.000Z', dryRun: false };

interface FunctionModule {
  readonly handler: (event: unknown) => Promise<unknown>;
}

async function load(file: string): Promise<FunctionModule> {
  return (await import(new URL(file, FOLDER).href)) as FunctionModule;
}

let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'slotkeeper-functions-'));
  writeFileSync(join(directory, 'slotkeeper.yml'), CONFIG);
});

afterAll(() => rmSync(directory, { recursive: true }));

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.resetModules();
});

/** Sets what a function needs, and sends its log to the console, where a test can read it. */
function prepare(environment: Readonly<Record<string, string>> = {}): () => string {
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  for (const [name, value] of Object.entries(environment)) {
    vi.stubEnv(name, value);
  }
  const lines: unknown[] = [];
  for (const level of ['info', 'error', 'warn'] as const) {
    vi.spyOn(console, level).mockImplementation((line: unknown) => void lines.push(line));
  }
  return () => lines.join('\n');
}

function complete(): Readonly<Record<string, string>> {
  return {
    SLOTKEEPER_CONFIG: join(directory, 'slotkeeper.yml'),
    SLOTKEEPER_TABLE: 'sessions',
    SLOTKEEPER_OWNERS_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:owners',
    SLOTKEEPER_OPERATORS_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:operators',
    AWS_REGION: 'us-east-1',
  };
}

describe('the Lambda functions', () => {
  it("are those that the state machines invoke and those of tenants' queries, no more and no fewer", () => {
    const folder = new URL('../../state-machines/', import.meta.url);
    const states = readdirSync(folder)
      .flatMap((file) => allStates(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as AslMachine))
      .filter(([, state]) => state.Resource === 'arn:aws:states:::lambda:invoke')
      .map(([name]) => `${name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase()}.ts`);
    expect(FILES).toEqual([...new Set(states)].sort());
  });

  it.each(FILES)(
    '%s is a handler of at most 25 lines that refuses another payload than its state hands over',
    async (file) => {
      const log = prepare();
      const { handler } = await load(file);
      expect(readFileSync(new URL(file, FOLDER), 'utf8').split('\n').length).toBeLessThanOrEqual(26);
      await expect(handler({ run: { ...RUN, target: 7 } })).rejects.toMatchObject({ name: 'InvalidStepInput' });
      expect(log()).toContain('InvalidStepInput');
    },
  );

  it('answers a link on a page, whatever is wrong, and logs neither the link nor what is not its own', async () => {
    const log = prepare(complete());
    const { handler } = await load('snooze-session.ts');
    const event = {
      version: '2.0',
      rawQueryString: 'link=secret.token',
      requestContext: { http: { method: 'POST' } },
    };
    expect(await handler(event)).toMatchObject({
      statusCode: 500,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: expect.stringContaining('Try again in a minute'),
    });
    expect(log()).toContain('SLOTKEEPER_SNOOZE_SECRET_ARN');
    expect(log()).not.toContain('secret.token');
  });

  it('name every variable that is missing from their environment', async () => {
    prepare({ SLOTKEEPER_TABLE: 'sessions', SLOTKEEPER_CONFIG: '' });
    const { handler } = await load('finish-run.ts');
    await expect(handler({ run: RUN })).rejects.toMatchObject({
      name: 'EnvironmentIncomplete',
      message: expect.stringContaining(
        'SLOTKEEPER_CONFIG, SLOTKEEPER_OWNERS_TOPIC_ARN, SLOTKEEPER_OPERATORS_TOPIC_ARN; they are missing or empty',
      ),
    });
  });

  it('say which configuration file they cannot read', async () => {
    prepare({ ...complete(), SLOTKEEPER_CONFIG: join(directory, 'absent.yml') });
    const { handler } = await load('finish-run.ts');
    await expect(handler({ run: RUN })).rejects.toMatchObject({
      name: 'InvalidConfig',
      message: expect.stringContaining('absent.yml'),
    });
  });

  it('pass a step on to its use case, and its error under its own name to the state machine', async () => {
    const log = prepare(complete());
    const { handler } = await load('begin-run.ts');
    const step = { runId: 'run-1', startedAt: RUN.startedAt, execution: 'arn:aws:states:::execution:run-1' };
    await expect(handler({ ...step, input: { target: 'nowhere' } })).rejects.toMatchObject({
      name: 'TargetUnknown',
      message: 'Expected a target of slotkeeper.yml (analytics), got "nowhere". Nothing was done.',
    });
    expect(JSON.parse(log())).toMatchObject({
      level: 'ERROR',
      message: 'step failed',
      step: 'BeginRun',
      failure: { name: 'TargetUnknown' },
    });
  });

  it('log the name only of an error that is not their own: its message may hold a SessionId', async () => {
    const log = prepare({ ...complete(), AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_MAX_ATTEMPTS: '1' });
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    const { handler } = await load('finish-run.ts');
    await expect(handler({ run: RUN })).rejects.toThrow(/ECONNREFUSED/);
    const { failure, run } = JSON.parse(log());
    expect(run).toEqual({ target: 'analytics', id: 'run-1' });
    expect(Object.keys(failure)).toEqual(['name']);
  });
});
