import { existsSync, readdirSync, readFileSync } from 'node:fs';
import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { type AslMachine, type AslState, allStates } from '../../local/step-functions/asl.ts';
import { unsupportedAslFields } from '../../local/step-functions/unsupported-asl-fields.ts';

const FOLDER = new URL('../../state-machines/', import.meta.url);

/** What is particular to a machine; everything else holds for all of them. */
const MACHINES = {
  'reap-redshift-sessions.asl.json': {
    looks: 6,
    functions: 11,
    elsewhere: ['CancelTermination: States.ALL to SubmitOutcomeQuery'],
    integrations: [
      'arn:aws:states:::aws-sdk:redshiftdata:cancelStatement',
      'arn:aws:states:::aws-sdk:redshiftdata:describeStatement',
      'arn:aws:states:::lambda:invoke',
    ],
  },
  // Its functions speak to the server themselves: nothing is polled, nothing cancelled.
  'reap-postgres-sessions.asl.json': {
    looks: 0,
    functions: 9,
    elsewhere: [],
    integrations: ['arn:aws:states:::lambda:invoke'],
  },
} as const;

/** Errors after which the same call may succeed; anything else would only fail again. */
const TRANSIENT = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.ClientExecutionTimeoutException',
  'RedshiftData.ThrottlingException',
  // What an error is called that the service model does not name, as throttling: `Ec2.Ec2Exception: Request limit
  // exceeded` (CloudSnorkel/cdk-github-runners#946).
  'RedshiftData.RedshiftDataException',
  'RedshiftData.InternalServerException',
  'RedshiftData.ActiveWaitingRequestsExceededException',
  // A connection that broke: as with Lambda's.
  'RedshiftData.SdkClientException',
];

interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}

function catchers(state: AslState): readonly Catcher[] {
  return (state['Catch'] as readonly Catcher[] | undefined) ?? [];
}

function retried(state: AslState): readonly string[] {
  const retriers = (state['Retry'] as readonly { readonly ErrorEquals: readonly string[] }[] | undefined) ?? [];
  return retriers.flatMap((retrier) => retrier.ErrorEquals);
}

function functionKey(state: AslState): string | null {
  const parameters = state['Parameters'] as { readonly FunctionName?: { readonly 'Fn::GetAtt': readonly string[] } };
  return parameters.FunctionName?.['Fn::GetAtt'][0] ?? null;
}

function fileOf(key: string): URL {
  const kebab = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return new URL(`../../functions/${kebab}.ts`, import.meta.url);
}

it('knows every state machine that there is', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(MACHINES).sort());
});

describe.each(Object.entries(MACHINES))('the state machine %s', (file, particular) => {
  const TEXT = readFileSync(new URL(file, FOLDER), 'utf8');
  const MACHINE = JSON.parse(TEXT) as AslMachine;
  const STATES = allStates(MACHINE);
  const TASKS = STATES.filter(([, state]) => state.Type === 'Task');

  it('is valid in Amazon States Language, paths and ARNs included', () => {
    const { isValid, errors } = aslValidator(MACHINE, { checkPaths: true, checkArn: true });
    expect(errors).toEqual([]);
    expect(isValid).toBe(true);
  });

  it('uses nothing that the local engine would ignore', () => {
    expect(unsupportedAslFields(MACHINE)).toEqual([]);
  });

  it('is the same in every account: it names none, and no region', () => {
    expect(TEXT).not.toMatch(/\d{12}|\b(us|eu|ap|sa|ca|me|af)-[a-z]+-\d\b/);
  });

  it('names its states in PascalCase, letters and digits only, and no name twice', () => {
    const names = STATES.map(([name]) => name);
    expect(names.filter((name) => !/^([A-Z][a-z0-9]*)+$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has a time limit of its own, and one on every task', () => {
    expect(MACHINE.TimeoutSeconds).toBe(900);
    expect(TASKS.filter(([, state]) => !((state.TimeoutSeconds ?? 0) > 0)).map(([name]) => name)).toEqual([]);
  });

  it('catches every error of every task', () => {
    const careless = TASKS.filter(([, state]) => !catchers(state).at(-1)?.ErrorEquals.includes('States.ALL'));
    expect(careless.map(([name]) => name)).toEqual([]);
  });

  it('leads every unexpected error to FailRun, but for a lost race, a notice, and FailRun itself', () => {
    const elsewhere = Object.entries(MACHINE.States).flatMap(([name, state]) =>
      catchers(state)
        .filter((catcher) => catcher.Next !== 'FailRun')
        .map(({ ErrorEquals, Next }) => `${name}: ${ErrorEquals.join()} to ${Next}`),
    );
    expect(elsewhere).toEqual([
      'BeginRun: RunLockHeld to RunSkipped',
      ...particular.elsewhere,
      'FailRun: States.ALL to RunFailedUnrecorded',
    ]);
  });

  it('ends every failure in Fail', () => {
    const failRun = MACHINE.States['FailRun'];
    expect(failRun?.['Next']).toBe('RunFailed');
    expect(MACHINE.States['RunFailed']).toMatchObject({ Type: 'Fail', ErrorPath: '$.failure.error' });
    expect(MACHINE.States['RunFailedUnrecorded']).toMatchObject({ Type: 'Fail' });
  });

  it('retries transient errors only, with full jitter and a bound', () => {
    expect(TASKS.flatMap(([, state]) => retried(state)).filter((name) => !TRANSIENT.includes(name))).toEqual([]);
    for (const [, state] of TASKS) {
      expect(state['Retry']).toMatchObject([{ JitterStrategy: 'FULL', MaxAttempts: expect.any(Number) }]);
    }
  });

  it('knows throttling of the Data API by either name that Step Functions may give it', () => {
    const looks = TASKS.filter(([, state]) => state.Resource?.includes(':redshiftdata:'));
    expect(looks).toHaveLength(particular.looks);
    for (const [name, state] of looks) {
      const names = ['RedshiftData.ThrottlingException', 'RedshiftData.RedshiftDataException'];
      expect(retried(state), name).toEqual(expect.arrayContaining(names));
    }
  });

  it('invokes functions that exist, each named as its state', () => {
    const invocations = TASKS.filter(([, state]) => state.Resource === 'arn:aws:states:::lambda:invoke');
    expect(invocations).toHaveLength(particular.functions);
    for (const [name, state] of invocations) {
      const key = functionKey(state) ?? '';
      expect(`${key.charAt(0).toUpperCase()}${key.slice(1)}`).toBe(name);
      expect(existsSync(fileOf(key)), key).toBe(true);
    }
  });

  it('calls nothing but functions and the Data API, by their full integration names', () => {
    expect([...new Set(TASKS.map(([, state]) => state.Resource))].sort()).toEqual(particular.integrations);
  });

  it('passes no rows on: every result is picked apart or thrown away', () => {
    const keepsAll = TASKS.filter(
      ([name, state]) => !('ResultSelector' in state) && state['ResultPath'] !== null && !name.startsWith('Cancel'),
    );
    expect(keepsAll.map(([name]) => name)).toEqual([]);
  });
});
