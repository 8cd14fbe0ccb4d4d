import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATA_API_OPERATIONS } from '../../local/data-api/data-api-operation.ts';
import type { LocalCloud } from '../../local/local-cloud.ts';
import { startLocalCloud } from '../../local/start-local-cloud.ts';
import { FUZZ_TIMEOUT_MS, fuzzParameters } from './fuzz-parameters.ts';
import { brokenBody, deepJsonText, hostileText, mutated, SECRET } from './hostile-values.ts';
import { type RawRequest, sendRaw } from './send-raw.ts';

let cloud: LocalCloud;
/** What the cloud said of faults of its own; functions' output is looked at too. */
const log: string[] = [];

beforeAll(async () => {
  cloud = await startLocalCloud({
    port: 0,
    postgresPort: 0,
    configPath: 'test/fixtures/slotkeeper.yml',
    schedules: false,
    maxContainers: 1,
    log: ({ source, text }) => log.push(`${source}: ${text}`),
  });
});

afterAll(async () => {
  await cloud.stop();
  expect(Object.keys(Object.prototype)).toEqual([]);
});

const TARGET = { ClusterIdentifier: 'local', Database: 'dev' };
const ID = '00000000-0000-4000-8000-000000000000';

/** A request of each operation that would be served, or at least understood. */
const DATA_API: Readonly<Record<(typeof DATA_API_OPERATIONS)[number], Readonly<Record<string, unknown>>>> = {
  BatchExecuteStatement: { ...TARGET, Sqls: [`select '${SECRET}'`], ExecutionMode: 'AUTO_COMMIT' },
  CancelStatement: { Id: ID },
  DescribeStatement: { Id: ID },
  DescribeTable: { ...TARGET, Schema: 'public', Table: 't', MaxResults: 5, NextToken: 'x' },
  ExecuteStatement: { ...TARGET, Sql: `select '${SECRET}', :a`, Parameters: [{ name: 'a', value: SECRET }] },
  GetStatementResult: { Id: ID, NextToken: 'x' },
  GetStatementResultV2: { Id: ID, NextToken: 'x' },
  ListDatabases: { ...TARGET, MaxResults: 5 },
  ListSchemas: { ...TARGET, SchemaPattern: 'p%', ConnectedDatabase: 'dev' },
  ListSessions: { ClusterIdentifier: 'local', Status: 'AVAILABLE', MaxResults: 5 },
  ListStatements: { StatementName: 'n', Status: 'ALL', MaxResults: 5 },
  ListTables: { ...TARGET, TablePattern: 'p%', MaxResults: 5 },
};

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:slotkeeper-local-reap-redshift-sessions';
const KEY = { pk: { S: 'TARGET#x' }, sk: { S: 'RUN#x' } };
const RULE = { Name: 'r', EventPattern: '{"source":["x"]}', State: 'ENABLED' };
const EVENT = { Source: 'x', DetailType: 'y', Detail: `{"a":"${SECRET}"}` };

/** Requests of the other services by what stands in X-Amz-Target. */
const OTHERS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'AWSStepFunctions.StartExecution': { stateMachineArn: MACHINE, name: 'n', input: '{}' },
  'AWSStepFunctions.ListExecutions': { stateMachineArn: MACHINE, maxResults: 5, nextToken: 'NQ' },
  'AWSStepFunctions.DescribeExecution': { executionArn: MACHINE },
  'AWSStepFunctions.GetExecutionHistory': { executionArn: MACHINE, reverseOrder: true },
  'AWSStepFunctions.StopExecution': { executionArn: MACHINE, error: 'E', cause: 'c' },
  'AWSEvents.PutEvents': { Entries: [EVENT] },
  'AWSEvents.PutRule': RULE,
  'AWSEvents.PutTargets': { Rule: 'r', Targets: [{ Id: '1', Arn: MACHINE }] },
  'AWSEvents.RemoveTargets': { Rule: 'r', Ids: ['1'] },
  'AWSEvents.DescribeRule': { Name: 'r' },
  'AWSEvents.ListRules': { NamePrefix: 'r' },
  'secretsmanager.GetSecretValue': { SecretId: 'x', VersionStage: 'AWSCURRENT' },
  'secretsmanager.CreateSecret': { Name: 'x', SecretString: SECRET },
  'secretsmanager.PutSecretValue': { SecretId: 'x', SecretString: SECRET },
  'DynamoDB_20120810.GetItem': { TableName: 'slotkeeper-local-sessions', Key: KEY },
  'DynamoDB_20120810.PutItem': { TableName: 'slotkeeper-local-sessions', Item: KEY },
  'DynamoDB_20120810.Query': { TableName: 'slotkeeper-local-sessions', KeyConditionExpression: 'pk = :p' },
};

function jsonRequest(target: string, body: string | Buffer, contentType = 'application/x-amz-json-1.1'): RawRequest {
  return { headers: { 'content-type': contentType, 'x-amz-target': target }, body };
}

/** What a body is not, whatever it is said to be. */
const WRONG_TYPES = [
  '',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/cbor',
];

/** A well-formed request with hostile members, a broken body, or a member that is nested without end. */
function hostileRequest(target: string, request: Readonly<Record<string, unknown>>): fc.Arbitrary<RawRequest> {
  const [first = 'x', ...others] = Object.keys(request);
  return fc.oneof(
    { weight: 6, arbitrary: mutated(request).map((body) => jsonRequest(target, JSON.stringify(body))) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(first, ...others), deepJsonText)
        .map(([member, deep]) => jsonRequest(target, JSON.stringify({ ...request, [member]: deep }))),
    },
    { weight: 2, arbitrary: brokenBody.map((body) => jsonRequest(target, body)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(mutated(request), fc.constantFrom(...WRONG_TYPES))
        .map(([body, type]) => jsonRequest(target, JSON.stringify(body), type)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(first, ...others), deepJsonText)
        .map(([member, deep]) => jsonRequest(target, `{"${member}":${deep}}`)),
    },
    {
      weight: 1,
      arbitrary: fc.constant(
        jsonRequest(target, `${JSON.stringify(request).slice(0, -1)},"${first}":[],"${first}":{"__proto__":{}}}`),
      ),
    },
  );
}

/** Sends it, and holds what every answer owes: in time, no fault of the cloud's own, a refusal that says why. */
async function expectAnswer(request: RawRequest): Promise<void> {
  const faults = log.length;
  const { status, text } = await sendRaw(cloud.port, request);
  expect(log.slice(faults).filter((line) => !line.startsWith('lambda: '))).toEqual([]);
  expect(status).toBeGreaterThanOrEqual(200);
  // A database that cannot be entered is a 500 of the service's model, and the caller's doing all the same.
  expect(status < 500 || text.includes('"DatabaseConnectionException"')).toBe(true);
  if (status >= 400) {
    expect(text.length).toBeGreaterThan(10);
    expect(text.length).toBeLessThan(12_000);
    expect(text).not.toContain(SECRET);
  }
}

/** Server sessions, Data API sessions that are not closed, containers: what a request must not leave behind. */
async function countWhatIsHeld(): Promise<number> {
  const admin = await cloud.redshift.connect({ user: 'awsuser', database: 'dev' });
  const { rows } = await admin.query(
    `select count(*)::int as n from pg_stat_activity where backend_type = 'client backend'`,
  );
  await admin.end();
  return (rows[0] as { n: number }).n;
}

describe('the embedded cloud under hostile requests', { timeout: FUZZ_TIMEOUT_MS }, () => {
  it.each(DATA_API_OPERATIONS)('answers %s, whatever is in it, and holds nothing afterwards', async (operation) => {
    const before = await countWhatIsHeld();
    await fc.assert(
      fc.asyncProperty(hostileRequest(`RedshiftData.${operation}`, DATA_API[operation]), expectAnswer),
      fuzzParameters(40),
    );
    await expect.poll(countWhatIsHeld, { timeout: 5_000 }).toBeLessThanOrEqual(before);
  });

  it.each(Object.keys(OTHERS))('answers %s, whatever is in it', async (target) => {
    await fc.assert(fc.asyncProperty(hostileRequest(target, OTHERS[target] ?? {}), expectAnswer), fuzzParameters(20));
  });

  it('takes parameters of any value as they are, and refuses names that are none', async () => {
    const ask = async (operation: string, body: object) => {
      const { status, text } = await sendRaw(
        cloud.port,
        jsonRequest(`RedshiftData.${operation}`, JSON.stringify(body)),
      );
      return { status, body: JSON.parse(text) as Record<string, unknown> };
    };
    const name = fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('a', 'B_1', '0', 'constructor', '__proto__') },
      hostileText,
    );
    await fc.assert(
      fc.asyncProperty(name, hostileText, async (given, value) => {
        const submitted = await ask('ExecuteStatement', {
          ...{ ...TARGET, DbUser: 'awsuser', WaitTimeSeconds: 10 },
          Sql: `select cast(:${/^[0-9a-zA-Z_]+$/.test(given) ? given : 'a'} as varchar(65535)) as v`,
          Parameters: [{ name: given, value }],
        });
        if (!/^[0-9a-zA-Z_]+$/.test(given) || value === '') {
          expect([submitted.status, submitted.body['__type']]).toEqual([400, 'ValidationException']);
          return;
        }
        if (value.includes('\0')) {
          // No text of PostgreSQL holds it.
          expect([submitted.status, submitted.body['Status']]).not.toEqual([200, 'FINISHED']);
          return;
        }
        const { body } = await ask('GetStatementResult', { Id: submitted.body['Id'] });
        expect(body['Records']).toEqual([[{ stringValue: value.toWellFormed() }]]);
      }),
      fuzzParameters(60),
    );
  });

  it('answers whatever stands in the address, the method and the headers', async () => {
    const path = fc.oneof(
      fc.constantFrom(
        '//',
        '///',
        '/%',
        '/functions/',
        '/functions/%zz',
        '/functions/snooze-session',
        '/?%',
        '/a b'.replace(' ', '%20'),
      ),
      fc.constantFrom(
        '/2015-03-31/functions/%zz/invocations',
        '/2015-03-31/functions/%00/invocations',
        '/2015-03-31/functions/__proto__/invocations',
        '/2015-03-31/functions//invocations',
      ),
      fc.webPath({ size: 'small' }),
    );
    const header = fc.oneof(
      fc.constantFrom(
        'RedshiftData.',
        'RedshiftData.__proto__',
        'RedshiftData.constructor',
        '.',
        '',
        'AWSEvents.toString',
        'AmazonSQS.x',
        'DynamoDB_20120810.x',
        'secretsmanager.__proto__',
      ),
      fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
    );
    const request = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'),
      path,
      headers: fc.record({
        'x-amz-target': header,
        'content-type': fc.constantFrom('application/json', 'application/x-amz-json-1.0', 'text/plain', ''),
        authorization: header,
      }),
      body: brokenBody,
    });
    await fc.assert(
      fc.asyncProperty(request, async (sent) => {
        const { status } = await sendRaw(cloud.port, sent);
        expect(log.filter((line) => line.startsWith('endpoint: '))).toEqual([]);
        expect(status < 500 || sent.path.startsWith('/functions/')).toBe(true);
      }),
      fuzzParameters(150),
    );
  });

  it('answers forms of the query protocol, whatever is in them', async () => {
    const form = fc
      .tuple(
        fc.constantFrom('2010-03-31', '2011-06-15', '2010-05-15', 'x'),
        fc.oneof(
          fc.constantFrom(
            'Publish',
            'Subscribe',
            'CreateTopic',
            'PublishBatch',
            'GetCallerIdentity',
            'DescribeStacks',
            'ListSubscriptionsByTopic',
          ),
          hostileText,
        ),
        fc.array(
          fc.tuple(
            fc.oneof(
              fc.constantFrom(
                'TopicArn',
                'Message',
                'Subject',
                'StackName',
                'Endpoint',
                'Protocol',
                'NextToken',
                'MessageAttributes.entry.1.Name',
              ),
              hostileText,
            ),
            hostileText,
          ),
          { maxLength: 6 },
        ),
      )
      .map(([version, action, fields]): RawRequest => {
        const body = new URLSearchParams(
          [['Version', version], ['Action', action], ...fields].map(([key = '', value = '']): [string, string] => [
            key.toWellFormed(),
            value.toWellFormed(),
          ]),
        );
        return { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: body.toString() };
      });
    await fc.assert(fc.asyncProperty(form, expectAnswer), fuzzParameters(100));
  });
});
