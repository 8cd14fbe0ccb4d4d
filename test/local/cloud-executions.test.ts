import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../local/local-cloud.ts';
import { startLocalCloud } from '../../local/start-local-cloud.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';
import { cloudClients, endOfExecution } from './cloud-clients.ts';

const clock = new VirtualClock();
let cloud: LocalCloud;
let aws: ReturnType<typeof cloudClients>;
const output: string[] = [];

beforeAll(async () => {
  cloud = await startLocalCloud({
    port: 0,
    postgresPort: 0,
    clock,
    functionsDirectory: 'test/fixtures/functions',
    stateMachinesDirectory: 'test/fixtures/state-machines',
    configPath: 'test/fixtures/slotkeeper.yml',
    log: ({ text }) => output.push(text),
  });
  aws = cloudClients(cloud.endpoint);
});

afterAll(async () => {
  aws.destroy();
  await cloud.stop();
});

const machineArn = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:slotkeeper-local-${name}`;

async function start(machine: string, input: unknown, name?: string): Promise<string> {
  const { executionArn } = await aws.sfn.send(
    new StartExecutionCommand({ stateMachineArn: machineArn(machine), input: JSON.stringify(input), name }),
  );
  return executionArn ?? '';
}

async function run(machine: string, input: unknown) {
  const executionArn = await start(machine, input);
  const { status, output: text, error, cause } = await endOfExecution(aws.sfn, executionArn);
  const { events } = await aws.sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  const entered = events?.flatMap((event) => event.stateEnteredEventDetails?.name ?? []);
  return { executionArn, status, error, cause, events: events ?? [], entered, output: JSON.parse(text ?? 'null') };
}

const types = (events: readonly HistoryEvent[]) => events.map((event) => event.type);

describe('an execution', () => {
  it('knows its own context, and its history has the names of Step Functions', async () => {
    const { executionArn, output: result, events } = await run('all-paths', { go: 'nowhere' });
    const name = executionArn.split(':').at(-1);
    expect(result.echo).toEqual({
      echoed: {
        execution: executionArn,
        name,
        startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        input: { go: 'nowhere' },
        machine: 'slotkeeper-local-all-paths',
        state: 'in Echo',
      },
      status: 200,
    });
    expect(types(events)).toEqual([
      ...['ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskSucceeded', 'TaskStateExited'],
      ...['ChoiceStateEntered', 'ChoiceStateExited', 'SucceedStateEntered', 'SucceedStateExited', 'ExecutionSucceeded'],
    ]);
    expect(events.map((event) => event.id)).toEqual(events.map((_, index) => index + 1));
    expect(events[2]?.taskScheduledEventDetails).toMatchObject({
      resourceType: 'lambda',
      resource: 'invoke',
      timeoutInSeconds: 10,
    });
    expect(cloud.executions.execution(executionArn).transitions).toBe(3);
  });

  it("fails with a function's error after its retries, each of them a transition", async () => {
    const { executionArn, status, error, cause, events } = await run('all-paths', { go: 'fail' });
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'TargetUnknown' });
    expect(JSON.parse(cause ?? '')).toMatchObject({
      errorType: 'TargetUnknown',
      errorMessage: "Expected a target of slotkeeper.yml, got 'nope'.",
      trace: expect.any(Array),
    });
    expect(types(events).filter((type) => type === 'TaskFailed')).toHaveLength(2);
    expect(cloud.executions.execution(executionArn).transitions).toBe(4);
  });

  it('goes on from a caught error to the Fail state that gives its error and cause', async () => {
    const { status, error, cause, entered } = await run('all-paths', { go: 'catch' });
    expect({ status, error, entered }).toEqual({
      status: 'FAILED',
      error: 'TargetUnknown',
      entered: ['Echo', 'WhereTo', 'CatchFunction', 'Refuse'],
    });
    expect(cause).toContain('"errorType":"TargetUnknown"');
  });

  it('runs the items of a Map at most so many at once', async () => {
    const { status, output: result, events } = await run('all-paths', { go: 'each', items: [80, 80, 80] });
    expect(status).toBe('SUCCEEDED');
    const spans = result.spans as { startedAt: number; endedAt: number }[];
    const atOnce = spans.map(
      ({ startedAt }) => spans.filter((other) => other.startedAt <= startedAt && startedAt < other.endedAt).length,
    );
    // A container that has yet to start may come too late to be seen beside the other: that two began is in the history.
    expect(Math.max(...atOnce)).toBeLessThanOrEqual(2);
    expect(types(events).filter((type) => type?.startsWith('Map'))).toEqual([
      ...['MapStateEntered', 'MapStateStarted', 'MapIterationStarted', 'MapIterationStarted', 'MapIterationSucceeded'],
      ...[
        'MapIterationStarted',
        'MapIterationSucceeded',
        'MapIterationSucceeded',
        'MapStateSucceeded',
        'MapStateExited',
      ],
    ]);
  });

  it('publishes to a topic, and gets the refusals of SNS under its prefix', async () => {
    const sent = await run('all-paths', { go: 'publish', subject: 'From a state machine' });
    expect(sent.output.published).toEqual({ messageId: (await cloud.inbox('owners')).at(-1)?.messageId });
    const refused = await run('all-paths', { go: 'publish', subject: 'two\nlines' });
    expect(refused).toMatchObject({ status: 'FAILED', error: 'SNS.InvalidParameterException' });
  });

  it('fails with States.Timeout where a task takes too long', async () => {
    const { status, error, events } = await run('all-paths', { go: 'time out' });
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.Timeout' });
    expect(types(events)).toContain('TaskTimedOut');
  });

  it('fails past 256 KiB of data, which nothing catches', async () => {
    const { status, error, entered } = await run('all-paths', { go: 'on', text: 'x'.repeat(140_000) });
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(entered).not.toContain('Done');
  });

  it("waits on the cloud's clock", async () => {
    const executionArn = await start('all-paths', { go: 'wait', seconds: 86_400 });
    const entered = () => cloud.executions.execution(executionArn).history.count('WaitStateEntered');
    await expect.poll(entered).toBe(1);
    await clock.advance(86_399_000);
    expect(cloud.executions.execution(executionArn).status).toBe('RUNNING');
    await clock.advance(1_000);
    const { status, startDate, stopDate } = await endOfExecution(aws.sfn, executionArn);
    expect(status).toBe('SUCCEEDED');
    expect((stopDate?.getTime() ?? 0) - (startDate?.getTime() ?? 0)).toBeGreaterThanOrEqual(86_400_000);
  });

  it('ends at once when it is stopped, with the reason', async () => {
    const executionArn = await start('all-paths', { go: 'wait', seconds: 86_400 });
    await aws.sfn.send(new StopExecutionCommand({ executionArn, error: 'Operator', cause: 'Not now.' }));
    const { status, error, cause } = await endOfExecution(aws.sfn, executionArn);
    expect({ status, error, cause }).toEqual({ status: 'ABORTED', error: 'Operator', cause: 'Not now.' });
  });

  it('speaks with the Data API in PascalCase, and catches its errors by their prefix', async () => {
    const { status, output: result, error, cause } = await run('ask-redshift', { answer: 'forty-two' });
    expect({ status, error, cause }).toEqual({ status: 'SUCCEEDED', error: undefined, cause: undefined });
    expect(result.result).toEqual({ answer: 'forty-two', column: 'answer' });
    expect(result.statement.createdAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(result.error).toEqual({
      Error: 'RedshiftData.ResourceNotFoundException',
      Cause: expect.stringMatching(/^Query does not exist\. \(Service: RedshiftData, Status Code: 400, Request ID: /),
    });
  });
});

describe('Step Functions behind the endpoint', () => {
  it('takes a name once: again while it runs with the same input, never afterwards', async () => {
    const first = await start('all-paths', { go: 'wait', seconds: 86_400 }, 'tick-1');
    expect(await start('all-paths', { seconds: 86_400, go: 'wait' }, 'tick-1')).toBe(first);
    await expect(start('all-paths', { go: 'on' }, 'tick-1')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await aws.sfn.send(new StopExecutionCommand({ executionArn: first }));
    await expect(start('all-paths', { go: 'wait', seconds: 86_400 }, 'tick-1')).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
  });

  it.each([
    ['an unknown machine', { stateMachineArn: machineArn('nope') }, 'StateMachineDoesNotExist'],
    ['a name with a space', { name: 'a b' }, 'InvalidName'],
    ['an input that is no JSON', { input: '{' }, 'InvalidExecutionInput'],
    ['an input that is too large', { input: JSON.stringify('x'.repeat(262_144)) }, 'ValidationException'],
  ])('refuses %s', async (_what, input, name) => {
    const command = new StartExecutionCommand({ stateMachineArn: machineArn('all-paths'), ...input });
    await expect(aws.sfn.send(command)).rejects.toMatchObject({ name });
  });

  it('lists machines, executions newest first, and pages of history', async () => {
    const { stateMachines } = await aws.sfn.send(new ListStateMachinesCommand({}));
    expect(stateMachines?.map((machine) => machine.name)).toEqual([
      ...['slotkeeper-local-all-paths', 'slotkeeper-local-ask-redshift', 'slotkeeper-local-reap-redshift-sessions'],
    ]);
    const one = await run('reap-redshift-sessions', { n: 1 });
    const two = await run('reap-redshift-sessions', { n: 2 });
    const stateMachineArn = machineArn('reap-redshift-sessions');
    const { executions } = await aws.sfn.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED' }),
    );
    expect(executions?.map((execution) => execution.executionArn).slice(0, 2)).toEqual([
      two.executionArn,
      one.executionArn,
    ]);
    expect(
      (await aws.sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'FAILED' }))).executions,
    ).toEqual([]);

    const { executionArn } = one;
    const first = await aws.sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 3 }));
    const rest = await aws.sfn.send(new GetExecutionHistoryCommand({ executionArn, nextToken: first.nextToken }));
    expect(types([...(first.events ?? []), ...(rest.events ?? [])])).toEqual(types(one.events));
    expect(rest.nextToken).toBeUndefined();
    const reversed = await aws.sfn.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, includeExecutionData: false }),
    );
    expect(reversed.events?.[0]?.type).toBe('ExecutionSucceeded');
    expect(reversed.events?.[0]?.executionSucceededEventDetails?.output).toBeUndefined();
  });

  it('shows a definition with its references resolved', async () => {
    const { definition, status } = await aws.sfn.send(
      new DescribeStateMachineCommand({ stateMachineArn: machineArn('all-paths') }),
    );
    expect(status).toBe('ACTIVE');
    expect(JSON.parse(definition ?? '{}').States.Publish.Parameters.TopicArn).toBe(cloud.topicArn);
  });
});

describe('EventBridge behind the endpoint', () => {
  const finished = { Source: 'slotkeeper', DetailType: 'Run Finished', Detail: '{"target":"local","go":"on"}' };
  const executionsOf = (machine: string) => cloud.executions.executions(machineArn(machine));

  it('has a rule for each scheduled target, which starts its runs when they are due', async () => {
    const { Rules } = await aws.events.send(new ListRulesCommand({ NamePrefix: 'slotkeeper-local-' }));
    expect(Rules).toEqual([
      expect.objectContaining({
        Name: 'slotkeeper-local-local-schedule',
        ScheduleExpression: 'rate(5 minutes)',
        State: 'ENABLED',
      }),
    ]);
    const { Targets } = await aws.events.send(
      new ListTargetsByRuleCommand({ Rule: 'slotkeeper-local-local-schedule' }),
    );
    expect(Targets).toEqual([
      { Id: 'run', Arn: machineArn('reap-redshift-sessions'), Input: '{"target":"local","dryRun":false}' },
    ]);
    const before = executionsOf('reap-redshift-sessions').length;
    await clock.advance(300_000);
    const [newest] = executionsOf('reap-redshift-sessions');
    expect(executionsOf('reap-redshift-sessions')).toHaveLength(before + 1);
    expect(newest?.inputText).toBe('{"target":"local","dryRun":false}');
  });

  it('starts nothing from a rule that is disabled', async () => {
    const Name = 'slotkeeper-local-local-schedule';
    await aws.events.send(new DisableRuleCommand({ Name }));
    const before = executionsOf('reap-redshift-sessions').length;
    await clock.advance(3_600_000);
    expect(executionsOf('reap-redshift-sessions')).toHaveLength(before);
    expect(await aws.events.send(new DescribeRuleCommand({ Name }))).toMatchObject({ State: 'DISABLED' });
  });

  it('brings events to the targets of the rules that match them', async () => {
    await aws.events.send(new PutRuleCommand({ Name: 'finished', EventPattern: '{"source":["slotkeeper"]}' }));
    const targets = [
      { Id: 'machine', Arn: machineArn('all-paths') },
      { Id: 'topic', Arn: cloud.operatorsTopicArn },
      { Id: 'function', Arn: 'arn:aws:lambda:us-east-1:000000000000:function:slotkeeper-local-echo', Input: '{}' },
    ];
    await aws.events.send(new PutTargetsCommand({ Rule: 'finished', Targets: targets }));
    const before = executionsOf('all-paths').length;
    const { FailedEntryCount, Entries } = await aws.events.send(
      new PutEventsCommand({ Entries: [finished, { ...finished, Source: 'other' }] }),
    );
    expect(FailedEntryCount).toBe(0);
    await expect.poll(() => executionsOf('all-paths')).toHaveLength(before + 1);
    const [execution] = executionsOf('all-paths');
    expect(JSON.parse(execution?.inputText ?? '{}')).toEqual({
      version: '0',
      id: Entries?.[0]?.EventId,
      'detail-type': 'Run Finished',
      source: 'slotkeeper',
      account: '000000000000',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: 'us-east-1',
      resources: [],
      detail: { target: 'local', go: 'on' },
    });
    await expect.poll(() => cloud.inbox('operators')).toHaveLength(1);
    expect(cloud.events.events.at(-1)).toMatchObject({ source: 'other' });
    await aws.events.send(new RemoveTargetsCommand({ Rule: 'finished', Ids: targets.map((target) => target.Id) }));
    await aws.events.send(new DeleteRuleCommand({ Name: 'finished' }));
    await expect(aws.events.send(new DescribeRuleCommand({ Name: 'finished' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('refuses faulty entries one by one', async () => {
    cloud.events.refuseNextEntries(1);
    const published = cloud.events.published;
    const { FailedEntryCount, Entries } = await aws.events.send(
      new PutEventsCommand({
        Entries: [
          finished,
          { ...finished, Detail: 'no JSON' },
          { ...finished, Source: 'aws.redshift-data' },
          { Source: 'slotkeeper', Detail: '{}' },
          finished,
        ],
      }),
    );
    expect(FailedEntryCount).toBe(4);
    // EventBridge is paid by the event that it took.
    expect(cloud.events.published - published).toBe(1);
    expect(Entries?.map((entry) => entry.ErrorCode)).toEqual([
      ...['InternalFailure', 'MalformedDetail', 'NotAuthorizedForSourceException', 'InvalidArgument'],
      undefined,
    ]);
  });

  it.each([
    ['a schedule that is none', { ScheduleExpression: 'rate(1 minutes)' }, 'ValidationException'],
    ['a pattern that is none', { EventPattern: '{"source":"x"}' }, 'InvalidEventPatternException'],
    ['neither of the two', {}, 'ValidationException'],
    ['another bus', { EventBusName: 'other', EventPattern: '{"source":["x"]}' }, 'ResourceNotFoundException'],
  ])('refuses a rule with %s', async (_what, input, name) => {
    await expect(aws.events.send(new PutRuleCommand({ Name: 'rule', ...input }))).rejects.toMatchObject({ name });
  });

  it('says in the log when a target could not be reached', async () => {
    output.length = 0;
    await aws.events.send(new PutRuleCommand({ Name: 'lost', EventPattern: '{"source":["lost"]}' }));
    await aws.events.send(new PutTargetsCommand({ Rule: 'lost', Targets: [{ Id: 'x', Arn: machineArn('nope') }] }));
    await aws.events.send(new PutEventsCommand({ Entries: [{ ...finished, Source: 'lost' }] }));
    await expect.poll(() => output.join('\n')).toMatch(/Rule lost could not reach .*StateMachineDoesNotExist/);
  });
});
