import { ROLE_ARN } from '../cloud-names.ts';
import { AwsError } from '../http/aws-error.ts';
import type { AwsService } from '../http/aws-service.ts';
import { jsonService } from '../http/json-service.ts';
import type { Execution } from './execution.ts';
import type { LoadedMachine } from './load-state-machine.ts';
import { pageOf } from './page.ts';
import type { StateMachineRuntime } from './state-machine-runtime.ts';

type Input = Readonly<Record<string, unknown>>;

/** Step Functions over AWS JSON 1.0. Times are epoch seconds, as the service writes them. */
export function stepFunctionsService(runtime: StateMachineRuntime, startedAt: Date): AwsService {
  return jsonService({
    name: 'states',
    targetPrefix: 'AWSStepFunctions',
    operations: {
      StartExecution: (input) => start(runtime, input),
      StopExecution: (input) => stop(runtime, input),
      DescribeExecution: (input) => describeExecution(runtime.execution(text(input, 'executionArn'))),
      GetExecutionHistory: (input) => history(runtime, input),
      ListExecutions: (input) => listExecutions(runtime, input),
      ListStateMachines: (input) => listMachines(runtime, input, startedAt),
      DescribeStateMachine: (input) => describeMachine(runtime.machine(text(input, 'stateMachineArn')), startedAt),
    },
  });
}

function start(runtime: StateMachineRuntime, input: Input) {
  const name = optionalText(input, 'name');
  const inputText = optionalText(input, 'input');
  const execution = runtime.start({
    stateMachineArn: text(input, 'stateMachineArn'),
    ...(name === undefined ? {} : { name }),
    ...(inputText === undefined ? {} : { input: inputText }),
  });
  return { executionArn: execution.arn, startDate: seconds(execution.startedAt) };
}

async function stop(runtime: StateMachineRuntime, input: Input) {
  const execution = runtime.execution(text(input, 'executionArn'));
  await execution.stop(optionalText(input, 'error'), optionalText(input, 'cause'));
  return { stopDate: seconds(execution.stoppedAt ?? execution.startedAt) };
}

function describeExecution(execution: Execution) {
  const included = { included: true };
  return {
    ...summary(execution),
    input: execution.inputText,
    inputDetails: included,
    ...(execution.output === undefined ? {} : { output: JSON.stringify(execution.output), outputDetails: included }),
    ...execution.failure,
    redriveCount: 0,
  };
}

function history(runtime: StateMachineRuntime, input: Input) {
  const execution = runtime.execution(text(input, 'executionArn'));
  const events = execution.history.events(input['includeExecutionData'] !== false);
  const page = pageOf(input['reverseOrder'] === true ? events.toReversed() : events, input);
  return { events: page.items, ...tokenOf(page.nextToken) };
}

function listExecutions(runtime: StateMachineRuntime, input: Input) {
  const machine = runtime.machine(text(input, 'stateMachineArn'));
  const status = optionalText(input, 'statusFilter');
  const executions = runtime
    .executions(machine.arn)
    .filter((execution) => status === undefined || execution.status === status);
  const page = pageOf(executions, input);
  return { executions: page.items.map(summary), ...tokenOf(page.nextToken) };
}

function listMachines(runtime: StateMachineRuntime, input: Input, startedAt: Date) {
  const page = pageOf(runtime.machines, input);
  return {
    stateMachines: page.items.map((machine) => machineSummary(machine, startedAt)),
    ...tokenOf(page.nextToken),
  };
}

function describeMachine(machine: LoadedMachine, startedAt: Date) {
  return {
    ...machineSummary(machine, startedAt),
    status: 'ACTIVE',
    definition: JSON.stringify(machine.definition),
    roleArn: ROLE_ARN,
  };
}

function machineSummary(machine: LoadedMachine, startedAt: Date) {
  return { stateMachineArn: machine.arn, name: machine.name, type: 'STANDARD', creationDate: seconds(startedAt) };
}

function summary(execution: Execution) {
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.machine.arn,
    name: execution.name,
    status: execution.status,
    startDate: seconds(execution.startedAt),
    ...(execution.stoppedAt === null ? {} : { stopDate: seconds(execution.stoppedAt) }),
  };
}

function tokenOf(nextToken: string | null) {
  return nextToken === null ? {} : { nextToken };
}

function seconds(date: Date): number {
  return date.getTime() / 1000;
}

function text(input: Input, member: string): string {
  const value = optionalText(input, member);
  if (value === undefined) {
    throw new AwsError('ValidationException', `Expected the member '${member}'; it is required.`);
  }
  return value;
}

function optionalText(input: Input, member: string): string | undefined {
  const value = input[member];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== 'string') {
    throw new AwsError('SerializationException', `Expected the member '${member}' to be text, got ${typeof value}.`);
  }
  return value;
}
