import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFaultFile } from '../../local/faults/fault-file.ts';
import { FaultPlan } from '../../local/faults/fault-plan.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'slotkeeper-faults-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function read(text: string) {
  const file = join(directory, 'faults.yml');
  writeFileSync(file, text);
  return readFaultFile(file);
}

describe('a file of faults', () => {
  it('is YAML or JSON, with defaults', () => {
    const expected = {
      clockSkew: -300,
      faults: [{ on: 'dynamodb.PutItem', call: 1, times: 2, loseAnswer: true }],
    };
    expect(read('clockSkew: -5m\nfaults:\n  - { on: dynamodb.PutItem, times: 2, loseAnswer: true }')).toMatchObject(
      expected,
    );
    const json = '{"clockSkew":"-5m","faults":[{"on":"dynamodb.PutItem","times":2,"loseAnswer":true}]}';
    expect(read(json)).toMatchObject(expected);
    expect(read('faults: []')).toMatchObject({ clockSkew: 0, faults: [] });
  });

  it.each([
    ['faults:\n  - { on: dynamodb.PutItem }', /line 2, faults\[0\]: expected exactly one of error, loseAnswer, /],
    [
      'faults:\n  - { on: dynamodb.PutItem, twice: true }',
      /line 2, faults\[0\]\.twice: expected an effect that dynamodb\.PutItem can meet \(error, .*crashServer\), got true/,
    ],
    ['faults:\n  - { on: sns.Publish, hang: true, loseAnswer: true }', /expected exactly one of/],
    [
      'faults:\n  - { on: sns.Publish, fail: x }',
      /line 2, faults\[0\]\.fail: expected an effect that sns\.Publish can meet/,
    ],
    ['faults:\n  - { on: sns.Publish, hang: true, times: never }', /a whole number from 1 to 1000000, or always/],
    ['faults:\n  - { on: sns.Publish, function: a, hang: true }', /function with on: lambda\.Invoke only/],
    [
      'faults:\n  - { on: sns.Publish, hang: true, times: -1 }',
      /expected a whole number from 1 to 1000000, or always, /,
    ],
    ['faults:\n  - { on: sns.Publish, hang: yes }', /line 2, faults\[0\]\.hang: expected true: no answer .* got 'yes'/],
    ['faults:\n  - { on: sns.Publish, loseAnswers: true }', /did you mean 'loseAnswer'\?/],
    [
      'faults:\n  - { on: sns.Publish, error: Throttled }',
      /faults\[0\]\.error: expected a mapping with the keys type, /,
    ],
    ['faults:\n  - { on: sns.Publish, error: { type: x, status: 200 } }', /from 400 to 599, got 200/],
    ['faults:\n  - { on: dynamodb.PutItem, crashServer: under }', /expected an effect that dynamodb\.PutItem can meet/],
    ['faults:\n  - { on: events.Deliver, crashServer: before }', /can meet \(delay, twice, again\)/],
    ['faults:\n  - { on: dynamodb.GetItem, staleIndex: frozen }', /an effect that dynamodb\.GetItem can meet/],
    ['clockSkew: 5m', /a duration with a sign/],
    ['clockskew: +5m', /did you mean 'clockSkew'\?/],
  ])('is refused with its line: %j', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe('a plan of faults', () => {
  it('counts the calls that a rule fits from when it is switched on, and lets each meet one fault', () => {
    const plan = new FaultPlan();
    plan.take('sns.Publish');
    plan.add({ on: 'sns.Publish', call: 2, times: 2, hang: true });
    plan.add({ on: 'sns.Publish', call: 3, times: 'always', loseAnswer: true });
    plan.take('dynamodb.PutItem');
    const met = Array.from({ length: 5 }, () => plan.take('sns.Publish'));
    expect(met.map((rule) => (rule?.hang ? 'hang' : rule?.loseAnswer ? 'lost' : null))).toEqual([
      null,
      'hang',
      'hang',
      'lost',
      'lost',
    ]);
    plan.clear();
    expect(plan.take('sns.Publish')).toBeNull();
  });

  it('tells functions apart, and queries of an index from others', () => {
    const plan = new FaultPlan();
    plan.add({ on: 'lambda.Invoke', function: 'planActions', crash: 'after' });
    plan.add({ on: 'dynamodb.Query', staleIndex: true });
    expect(plan.take('lambda.Invoke', { function: 'beginRun' })).toBeNull();
    expect(plan.take('lambda.Invoke', { function: 'planActions' })).not.toBeNull();
    expect(plan.take('dynamodb.Query', { ofIndex: false })).toBeNull();
    expect(plan.take('dynamodb.Query', { ofIndex: true })).not.toBeNull();
  });

  const KNOWN = { operations: ['sns.Publish', 'lambda.Invoke', 'sts.GetCallerIdentity'], functions: ['planActions'] };

  it('refuses what there is not, with all lines of the file', () => {
    const text =
      'faults:\n  - { on: sns.Publsh, hang: true }\n  - on: lambda.Invoke\n    function: planActons\n    hang: true';
    const plan = new FaultPlan(read(text));
    expect(() => plan.know(KNOWN)).toThrow(
      expect.objectContaining({
        name: 'InvalidConfig',
        message: [
          `${join(directory, 'faults.yml')} has 2 problems:`,
          "  line 2, faults[0].on: expected one of sns.Publish, got 'sns.Publsh'; did you mean 'sns.Publish'?",
          "  line 4, faults[1].function: expected one of planActions, got 'planActons'; did you mean 'planActions'?",
        ].join('\n'),
      }),
    );
  });

  it('refuses a rule of a test that names what there is not', () => {
    const plan = new FaultPlan();
    plan.know(KNOWN);
    expect(() => plan.add({ on: 'sns.Publsh', hang: true })).toThrow(
      "Expected on: of a fault to be one of sns.Publish, got 'sns.Publsh'.",
    );
    expect(() => plan.add({ on: 'sqs.Send', hang: true })).toThrow(/an operation of one of sns, lambda, sts, got/);
    expect(() => plan.add({ on: 'lambda.Invoke', function: 'x', hang: true })).toThrow(/function: .* planActions/);
  });
});
